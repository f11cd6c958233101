package dev.holdfast.drills;

import dev.holdfast.drills.WatchAccount.Seen;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows one run on a thread of its own, through any number of restarts of the server: when the connection breaks, it
 * connects again with the id of the last whole frame, until it is told that the story has ended.
 *
 * <pre>{@code
 * var watcher = Watcher.attach("early", api, run);
 * …
 * WatchAccount account = watcher.account(Duration.ofSeconds(30));
 * }</pre>
 */
public final class Watcher {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int READ_MILLIS = 40_000;
    private static final int AGAIN_MILLIS = 40;

    private final String name;
    private final Supplier<Api> servers;
    private final String run;
    private final List<Seen> frames = new ArrayList<>();
    private final Thread thread;
    private volatile boolean done;
    private volatile @Nullable String refusal;
    private @Nullable String last;

    private Watcher(String name, Supplier<Api> servers, String run) {
        this.name = name;
        this.servers = servers;
        this.run = run;
        this.thread = Thread.ofVirtual().name(name + " watcher of " + run).unstarted(this::follow);
    }

    /** Begins to watch from the start of the story. */
    public static Watcher attach(String name, Api api, String run) {
        return attach(name, () -> api, run);
    }

    /**
     * The same, at several servers.
     *
     * @param servers gives the one to connect to, each time anew
     */
    public static Watcher attach(String name, Supplier<Api> servers, String run) {
        var watcher = new Watcher(name, servers, run);
        watcher.thread.start();
        return watcher;
    }

    /** What it has seen, as soon as the story has ended; what it has seen so far, if that takes longer. */
    public WatchAccount account(Duration limit) throws InterruptedException {
        if (!thread.join(limit)) thread.interrupt();
        return soFar();
    }

    /** What it has seen until now. */
    public WatchAccount soFar() {
        synchronized (frames) {
            return new WatchAccount(name, run, frames, done);
        }
    }

    /** Why the server does not tell it anything; null if it does. */
    public @Nullable String refusal() {
        return refusal;
    }

    private void follow() {
        try {
            while (!done && refusal == null) {
                try {
                    connect();
                } catch (IOException | JacksonException broken) {
                    // The server was killed, perhaps in the middle of a frame: that frame was not received.
                }
                if (!done) Thread.sleep(AGAIN_MILLIS);
            }
        } catch (InterruptedException stopped) {
            // Nobody waits for the rest.
        }
    }

    private void connect() throws IOException {
        HttpURLConnection connection = servers.get().open("/v1/runs/" + run + "/stream", READ_MILLIS);
        connection.setRequestProperty("Accept", "text/event-stream");
        if (last != null) connection.setRequestProperty("Last-Event-ID", last);
        int status = connection.getResponseCode();
        if (status >= 400 && status < 500) {
            try (var body = connection.getErrorStream()) {
                refusal = status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        if (status != 200) return;
        try (var lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            read(lines);
        } finally {
            connection.disconnect();
        }
    }

    private void read(BufferedReader lines) throws IOException {
        String event = "";
        String id = "";
        var data = new StringBuilder();
        for (String line = lines.readLine(); line != null && !done; line = lines.readLine()) {
            if (line.isEmpty()) {
                // Only a blank line makes what came before it a frame.
                if (!event.isEmpty()) accept(event, id, data.toString());
                event = "";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                event = line.substring("event:".length()).strip();
            } else if (line.startsWith("id:")) {
                id = line.substring("id:".length()).strip();
            } else if (line.startsWith("data:")) {
                if (!data.isEmpty()) data.append('\n');
                data.append(line.substring("data:".length()).strip());
            }
        }
    }

    private void accept(String event, String id, String body) {
        JsonNode node = JSON.readTree(body);
        var frame = new Seen(
                System.currentTimeMillis(),
                event,
                id,
                node.path("epoch").asLong(0),
                node.path("step").asString(""),
                node.path("data").toString());
        synchronized (frames) {
            frames.add(frame);
        }
        last = id;
        if (event.equals("done")) done = true;
    }
}
