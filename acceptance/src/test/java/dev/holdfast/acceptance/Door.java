package dev.holdfast.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.examples.model.ScriptedModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Before the scripted model, which lets everybody in: whoever asks needs a key, as with models that cost something. */
final class Door implements AutoCloseable {
    private static final String BEARER = "Bearer ";
    private static final int UNAUTHORIZED = 401;
    private static final String REFUSAL = "{\"error\":{\"message\":\"this key opens nothing\"}}";

    private final ScriptedModel model = ScriptedModel.start(0);
    private final HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final List<String> shown = new CopyOnWriteArrayList<>();
    private final ReadWriteLock passage = new ReentrantReadWriteLock();

    Door() throws IOException {
        server.createContext("/", this::pass);
        server.setExecutor(threads);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    void admit(String key) {
        keys.add(key);
    }

    void refuse(String key) {
        keys.remove(key);
    }

    /** From now on no word comes through. */
    void hold() {
        passage.writeLock().lock();
    }

    /** Said by the thread that has said {@link #hold}. */
    void release() {
        passage.writeLock().unlock();
    }

    /** The keys that were shown, known or not, in the order in which somebody came. */
    List<String> shown() {
        return List.copyOf(shown);
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (key.startsWith(BEARER)) key = key.substring(BEARER.length());
            shown.add(key);
            byte[] asked = exchange.getRequestBody().readAllBytes();
            if (!keys.contains(key)) {
                byte[] refusal = REFUSAL.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(UNAUTHORIZED, refusal.length);
                exchange.getResponseBody().write(refusal);
                return;
            }
            var request = HttpRequest.newBuilder(model.url().resolve(exchange.getRequestURI()))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(asked));
            for (String header : List.of(ScriptedModel.RUN, ScriptedModel.EPOCH, ScriptedModel.TRY)) {
                String said = exchange.getRequestHeaders().getFirst(header);
                if (said != null) request.header(header, said);
            }
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var words = answer.body();
                    var out = exchange.getResponseBody()) {
                answer.headers()
                        .firstValue("Content-Type")
                        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
                exchange.sendResponseHeaders(answer.statusCode(), 0);
                byte[] some = new byte[8_192];
                for (int many = words.read(some); many >= 0; many = words.read(some)) {
                    passage.readLock().lockInterruptibly();
                    try {
                        out.write(some, 0, many);
                        out.flush();
                    } finally {
                        passage.readLock().unlock();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        model.close();
        server.stop(0);
        client.shutdownNow();
        // Also who waits at it.
        threads.shutdownNow();
        threads.close();
    }
}
