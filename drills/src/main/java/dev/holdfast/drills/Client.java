package dev.holdfast.drills;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client as it should be: it gives each start a request id and repeats the request under the same id until it is
 * answered, through any number of restarts of the server.
 *
 * @param servers gives one to ask, each time anew
 * @param patience how long a request is repeated
 */
public record Client(Supplier<Api> servers, Duration patience) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int AGAIN_MILLIS = 25;

    /** Of one server. */
    public Client(Api api, Duration patience) {
        this(() -> api, patience);
    }

    /** The server to ask. */
    public Api api() {
        return servers.get();
    }

    /**
     * The answer to a start.
     *
     * @param run id of the run
     * @param retries how often the request was repeated
     * @param at when the answer came
     */
    public record Ack(String run, int retries, Instant at) {}

    /**
     * What to start.
     *
     * @param task its name
     * @param input JSON
     * @param key business key, or null
     * @param requestId of this call
     */
    public record Order(String task, String input, @Nullable String key, String requestId) {}

    /** Thrown if the server refuses the request: repeating it would not help. */
    public static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Starts a run and returns when that is acknowledged.
     *
     * @throws RefusedException if the server refuses it
     * @throws IllegalStateException if it was not answered in time
     */
    public Ack start(Order order) throws InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        body.set("input", JSON.readTree(order.input()));
        if (order.key() != null) body.put("key", order.key());
        return start(order.task(), body.toString(), order.requestId());
    }

    /**
     * The same with any body.
     *
     * @param body JSON
     */
    public Ack start(String task, String body, String requestId) throws InterruptedException {
        Instant end = Instant.now().plus(patience);
        String trouble = "";
        for (int retries = 0; Instant.now().isBefore(end); retries++) {
            try {
                Api.Answer answer =
                        api().post("/v1/tasks/" + task + "/runs", body, Map.of("Idempotency-Key", requestId));
                if (answer.isSuccess()) {
                    return new Ack(JSON.readTree(answer.body()).path("id").asString(""), retries, Instant.now());
                }
                trouble = answer.status() + " " + answer.body();
                if (!answer.isForLater()) throw new RefusedException(trouble);
            } catch (IOException e) {
                trouble = e.toString();
            }
            Thread.sleep(AGAIN_MILLIS);
        }
        throw new IllegalStateException("a start of " + task + " was not answered within " + patience.toSeconds()
                + " s; the last trouble was: " + trouble);
    }

    /**
     * Reads, and repeats that until there is an answer.
     *
     * @throws IllegalStateException if it was not answered in time
     */
    public Api.Answer get(String path) throws InterruptedException {
        Instant end = Instant.now().plus(patience);
        String trouble = "";
        while (Instant.now().isBefore(end)) {
            try {
                Api.Answer answer = api().get(path);
                if (!answer.isForLater()) return answer;
                trouble = answer.status() + " " + answer.body();
            } catch (IOException e) {
                trouble = e.toString();
            }
            Thread.sleep(AGAIN_MILLIS);
        }
        throw new IllegalStateException(
                path + " was not answered within " + patience.toSeconds() + " s; the last trouble was: " + trouble);
    }
}
