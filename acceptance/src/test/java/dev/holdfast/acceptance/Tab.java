package dev.holdfast.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A tab of the {@link Browser}. */
final class Tab implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final AtomicInteger number = new AtomicInteger();
    private @Nullable WebSocket socket;

    /** How a page looks. */
    enum Look {
        LIGHT,
        DARK
    }

    private Tab() {}

    static Tab of(HttpClient http, URI target) {
        var tab = new Tab();
        tab.socket = http.newWebSocketBuilder()
                .buildAsync(target, tab.new Listening())
                .join();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) tab.call(domain + ".enable", Map.of());
        return tab;
    }

    /** Puts the messages together. */
    private final class Listening implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                heard(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void heard(JsonNode message) {
        JsonNode params = message.path("params");
        switch (message.path("method").asString("")) {
            case "Runtime.exceptionThrown" ->
                troubles.add(params.path("exceptionDetails").toString());
            case "Log.entryAdded" -> {
                // What cannot be reached is told by the network, and is what some tests are about.
                boolean ours = !params.at("/entry/source").asString("").equals("network");
                if (ours && params.at("/entry/level").asString("").equals("error"))
                    troubles.add(params.path("entry").toString());
            }
            default -> {}
        }
        if (!message.has("id")) return;
        var answer = asked.remove(message.path("id").asInt());
        if (answer != null) answer.complete(message);
    }

    /** What a page has complained of: exceptions that nobody caught, and what its policy forbids. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    private JsonNode call(String method, Map<String, ?> params) {
        int id = number.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        asked.put(id, answer);
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(params));
        WebSocket to = socket;
        if (to == null) throw new IllegalStateException("the tab is not open");
        to.sendText(message.toString(), true).join();
        try {
            JsonNode told = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (told.has("error")) throw new IllegalStateException(method + ": " + told.path("error"));
            return told.path("result");
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + " was not answered", e);
        }
    }

    /** Goes to a page. */
    void show(URI page) {
        call("Page.navigate", Map.of("url", page.toString()));
        await("the page is there", "location.href !== 'about:blank' && document.readyState === 'complete'");
    }

    void reload() {
        run("window.before = true");
        call("Page.reload", Map.of());
        await("the page is there again", "window.before === undefined && document.readyState === 'complete'");
    }

    /** What an expression of JavaScript gives; if that is a promise, what comes of it. */
    JsonNode run(String expression) {
        JsonNode result = call(
                "Runtime.evaluate",
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true, "userGesture", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + "\n"
                    + result.at("/exceptionDetails/exception/description")
                            .asString(result.path("exceptionDetails").toString()));
        }
        return result.at("/result/value");
    }

    String text(String expression) {
        return run(expression).asString("");
    }

    /** Waits until an expression is true. */
    void await(String label, String expression) {
        Awaitility.await(label)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(25))
                .until(() -> run("Boolean(" + expression + ")").asBoolean());
    }

    /** Types into what has the focus, as a keyboard does. */
    void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** Presses a key, such as {@code Enter}. */
    void press(String key) {
        int code = switch (key) {
            case "Enter" -> 13;
            case "Escape" -> 27;
            case "Tab" -> 9;
            default -> throw new IllegalArgumentException(key);
        };
        for (String event : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of("type", event, "key", key, "code", key, "windowsVirtualKeyCode", code));
        }
    }

    void look(Look look) {
        var feature = Map.of("name", "prefers-color-scheme", "value", look == Look.DARK ? "dark" : "light");
        call("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
    }

    void size(int width, int height) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    void screenshot(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            String data = call("Page.captureScreenshot", Map.of("format", "png"))
                    .path("data")
                    .asString();
            Files.write(file, Base64.getDecoder().decode(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        WebSocket to = socket;
        if (to != null) to.abort();
    }
}
