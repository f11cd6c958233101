package dev.holdfast.examples.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An endpoint with the shape of OpenAI's API and a script in place of a model: {@code POST /v1/chat/completions}, with
 * and without {@code "stream": true}, and {@code GET /v1/models}. What it answers follows from the prompt; hints in it
 * make the answer slow, long or broken, see {@link #HINTS}. It needs no key, listens on this machine only and answers
 * each request on a virtual thread of its own.
 *
 * <pre>{@code
 * try (var model = ScriptedModel.start(0)) {
 *     ask(model.url(), "hello [slow] [cut:3]");
 * }
 * }</pre>
 *
 * <p>A caller may tell who it is in the headers {@value #RUN}, {@value #EPOCH} and {@value #TRY}; the answer says it back
 * in {@code system_fingerprint}, and in its text where {@code [stamp]} asks for it. So a reader of the text can tell
 * which epoch of a run has asked for it.
 */
public final class ScriptedModel implements AutoCloseable {
    /** The only model there is. */
    public static final String NAME = "scripted";

    /** Header: the run that asks. */
    public static final String RUN = "X-Holdfast-Run";

    /** Header: the epoch of the run that asks. */
    public static final String EPOCH = "X-Holdfast-Epoch";

    /** Header: which try of the caller this is, from 1. */
    public static final String TRY = "X-Holdfast-Try";

    /** What a message may ask for. */
    public static final String HINTS = """
            Without hints it says the message back, word by word. Hints stand in the message, in any order:
              [slow]  [slow:MS]   waits before each word: 100 ms, or that long
              [many]  [many:N]    counts from 1 to 500, or to N, instead
              [stamp]             marks each word with who asked and when: word·e3·1732624812345
              [error]             answers with status 500
              [error:STATUS]      answers with that status, 400 to 599
              [error:N]           ends with an error in the stream after N words, up to 399
              [cut:N]             breaks the connection after N words; [cut] before the first
              [hang:N]            says nothing more after N words until the caller leaves; [hang] before the first
              [tries:N]           error, cut and hang are over after N tries
            """;

    private static final int LARGEST_BODY = 1_000_000;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;

    private final HttpServer server;
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong answers = new AtomicLong();

    private ScriptedModel(HttpServer server, InstantSource clock) {
        this.server = server;
        this.clock = clock;
    }

    /**
     * Begins to serve.
     *
     * @param port 0 for any free one
     * @throws IOException if the port cannot be had
     */
    public static ScriptedModel start(int port) throws IOException {
        return start(port, InstantSource.system());
    }

    static ScriptedModel start(int port, InstantSource clock) throws IOException {
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        var model = new ScriptedModel(HttpServer.create(address, 0), clock);
        model.server.createContext("/", model::answer);
        model.server.setExecutor(model.threads);
        model.server.start();
        return model;
    }

    /** The base URL, as clients of OpenAI's API want it: {@code http://127.0.0.1:PORT/v1}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** Breaks off every answer and stops serving. */
    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.close();
    }

    /** Leaves by an exception where the connection is to be broken: then the server closes it as it is. */
    private void answer(HttpExchange exchange) throws IOException {
        try {
            String path = exchange.getRequestURI().getPath();
            switch (path) {
                case "/v1/models" -> {
                    demand(exchange, "GET");
                    send(exchange, OK, models());
                }
                case "/v1/chat/completions" -> {
                    demand(exchange, "POST");
                    complete(exchange);
                }
                default -> throw new Refusal(NOT_FOUND, "unknown_url", "There is nothing at " + path + ".");
            }
        } catch (Refusal refusal) {
            send(exchange, refusal.status(), refusal.json());
        }
        exchange.close();
    }

    private void complete(HttpExchange exchange) throws IOException, Refusal {
        Ask ask = Ask.parse(body(exchange));
        Caller caller = Caller.of(exchange.getRequestHeaders());
        Script script = script(ask, caller);
        if (script.trouble() instanceof Script.Status(int status)) {
            throw new Refusal(status, "scripted_error", "The script says that this answers " + status + ".");
        }
        String id = "chatcmpl-scripted-" + answers.incrementAndGet();
        var completion = new Completion(id, clock.instant().getEpochSecond(), caller);
        var speech = new Speech(script, completion, clock, closed);
        if (ask.streamed()) {
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            speech.stream(begin(exchange, "text/event-stream"), ask);
        } else if (script.trouble() instanceof Script.After(int _, Script.Break how)) {
            switch (how) {
                case ERROR -> throw Speech.failure();
                case CUT -> throw new IOException("cut, as it was told to");
                case HANG -> speech.hang(begin(exchange, "application/json"), " ");
            }
        } else {
            send(exchange, OK, speech.whole());
        }
    }

    private static Script script(Ask ask, Caller caller) throws Refusal {
        try {
            return Script.of(ask.message(), caller.attempt());
        } catch (Script.BadHint e) {
            throw new Refusal(BAD_REQUEST, "hint_invalid", String.valueOf(e.getMessage()));
        }
    }

    private static void demand(HttpExchange exchange, String method) throws Refusal {
        String asked = exchange.getRequestMethod();
        if (!asked.equals(method)) {
            String path = exchange.getRequestURI().getPath();
            throw new Refusal(NOT_ALLOWED, "method_not_allowed", path + " is for " + method + ", not " + asked + ".");
        }
    }

    private static byte[] body(HttpExchange exchange) throws IOException, Refusal {
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw new Refusal(TOO_LARGE, "body_too_large", "The body is larger than " + LARGEST_BODY + " bytes.");
        }
        return body;
    }

    private static ObjectNode models() {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("object", "list");
        json.putArray("data")
                .addObject()
                .put("id", NAME)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "holdfast");
        return json;
    }

    private static void send(HttpExchange exchange, int status, ObjectNode json) throws IOException {
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** A body whose end is not known yet. */
    private static OutputStream begin(HttpExchange exchange, String type) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(OK, 0);
        return exchange.getResponseBody();
    }
}
