package dev.holdfast.sdk.remote;

import dev.holdfast.core.Refused;
import dev.holdfast.core.stream.FrameLines;
import dev.holdfast.core.stream.FrameLines.Sent;
import dev.holdfast.sdk.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run sends, over HTTP. A connection that is lost or silent is opened again after the last frame that came, of the
 * next node; when all have been asked in vain it pauses, longer each time.
 */
final class RemoteFrames implements Frames {
    /** A node says something at least every 15 seconds. */
    private static final Duration SILENCE = Duration.ofSeconds(40);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** In bytes. */
    private static final int MOST_REFUSAL = 64 * 1024;

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Remote remote;
    private final String target;
    private final HttpClient client;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable CompletableFuture<?> asking;
    private volatile @Nullable LineReader connected;
    private FrameLines lines = new FrameLines();
    private String last = "";
    private int inVain;
    private int node;
    private boolean over;

    /** @param target path and query, the same on all nodes */
    RemoteFrames(Remote remote, String target) {
        this.remote = remote;
        this.target = target;
        HttpClient given = remote.client();
        this.client = given == null
                ? HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .build()
                : given;
    }

    @Override
    public @Nullable Received next() throws InterruptedException {
        while (!over && closing.getCount() > 0) {
            LineReader from = connected == null ? connect() : connected;
            if (from == null) continue;
            Optional<String> line = from.next(SILENCE);
            if (line.isEmpty()) {
                leave(from);
                continue;
            }
            Sent sent = lines.take(line.get()).orElse(null);
            if (sent == null) continue;
            inVain = 0;
            if (sent.event().equals("refused")) throw refused(sent.data());
            if (!sent.id().isEmpty()) last = sent.id();
            over = sent.event().equals("done");
            if (over) close();
            return FrameJson.received(sent);
        }
        return null;
    }

    /** Null if the node that was asked is not there: the next one is asked then. */
    private @Nullable LineReader connect() throws InterruptedException {
        if (inVain >= remote.nodes().size()) pause();
        if (closing.getCount() == 0) return null;
        inVain++;
        URI at = remote.nodes().get(node).resolve(target);
        try {
            var response = answer(at);
            if (response.statusCode() == 200) return take(response.body());
            try (InputStream body = response.body()) {
                if (response.statusCode() < 500) throw refusal(problem(body), response.statusCode());
            }
        } catch (IOException | CancellationException e) {
            // Told by whoever is asked next, or when it is there again.
        }
        node = (node + 1) % remote.nodes().size();
        return null;
    }

    private HttpResponse<InputStream> answer(URI at) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(at);
        String key = remote.key();
        if (key != null) request.header("Authorization", "Bearer " + key);
        if (!last.isEmpty()) request.header("Last-Event-ID", last);
        return heard(client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    }

    /** What is said in a refusal, or the beginning of it. */
    private String problem(InputStream body) throws IOException, InterruptedException {
        var read = new CompletableFuture<byte[]>();
        Thread.ofVirtual().name("holdfast-refusal").start(() -> {
            try {
                read.complete(body.readNBytes(MOST_REFUSAL));
            } catch (IOException e) {
                read.completeExceptionally(e);
            }
        });
        return new String(heard(read), StandardCharsets.UTF_8);
    }

    /** Waits for an answer, not for ever, and not when this is closed. */
    private <T> T heard(CompletableFuture<T> answer) throws IOException, InterruptedException {
        asking = answer;
        try {
            if (closing.getCount() == 0) throw new CancellationException();
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no answer", e);
        } finally {
            answer.cancel(true);
            asking = null;
        }
    }

    private LineReader take(InputStream body) {
        var reader = new LineReader(body);
        lines = new FrameLines();
        connected = reader;
        // Closed meanwhile, it has not seen this one.
        if (closing.getCount() == 0) reader.close();
        return reader;
    }

    private void leave(LineReader from) {
        from.close();
        connected = null;
        node = (node + 1) % remote.nodes().size();
    }

    /** Twice as long each time, until a frame comes. */
    private void pause() throws InterruptedException {
        int rounds = Math.min(inVain / remote.nodes().size() - 1, 10);
        Duration wait = SHORTEST.multipliedBy(1L << rounds);
        if (wait.compareTo(LONGEST) > 0) wait = LONGEST;
        closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Refused refusal(String problem, int status) {
        try {
            return refused(problem);
        } catch (JacksonException e) {
            return new Refused(
                    "not_holdfast",
                    "what was asked answered " + status + ", which is no answer of Holdfast: check the URL");
        }
    }

    private static Refused refused(String json) {
        JsonNode why = JsonMapper.shared().readTree(json);
        return new Refused(why.path("code").asString(""), why.path("detail").asString(""));
    }

    @Override
    public void close() {
        closing.countDown();
        var asked = asking;
        if (asked != null) asked.cancel(true);
        LineReader from = connected;
        if (from != null) from.close();
        if (remote.client() == null) client.shutdownNow();
    }
}
