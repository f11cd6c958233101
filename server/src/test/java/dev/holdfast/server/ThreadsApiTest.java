package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Conversations over HTTP, on a real node. Every answer is held against the description. */
@Timeout(60)
final class ThreadsApiTest {
    /** What is said. */
    record Said(@Nullable String thread, String message) {}

    private static final Task<Said, String> CHAT = Task.named("chat", Said.class, String.class)
            .serialLane(said -> said.thread() == null ? null : "thread:" + said.thread());
    private static final Task<Integer, Integer> NOOP = Task.named("noop", Integer.class, Integer.class);
    private static final String MESSAGES = "/v1/threads/t%201/messages";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final Server server = Server.open(ServerOptions.onPort(0));
    private final Http http = new Http(server.url());
    private final Semaphore leave = new Semaphore(0);
    private final List<String> begun = new CopyOnWriteArrayList<>();
    private Holdfast holdfast;

    @BeforeEach
    void serve() {
        holdfast = Holdfast.open(
                folder,
                CHAT.handle((ctx, said) -> ctx.step("answer", String.class, s -> {
                    begun.add(said.message());
                    s.send("you ");
                    leave.acquire();
                    if (said.message().equals("fail")) throw new IllegalStateException("no answer");
                    s.send("said " + said.message());
                    return "you said " + said.message();
                })),
                NOOP.handle((ctx, n) -> n));
        server.serve(holdfast);
    }

    @AfterEach
    void close() {
        leave.release(1000);
        http.close();
        server.close();
        holdfast.close();
    }

    private String say(String message) throws Exception {
        var said = http.post(MESSAGES, "{\"input\": {\"message\": \"" + message + "\"}}");
        assertThat(said.status()).isEqualTo(202);
        return said.json().path("id").asString();
    }

    private JsonNode awaitEnd(String run) {
        return await(run + " ends")
                .atMost(SOON)
                .until(
                        () -> http.get("/v1/runs/" + run).json(),
                        r -> !r.path("finishedAt").isNull());
    }

    @Test
    void aMessageIsTheStartOfARunInTheLaneOfItsThread() throws Exception {
        var said = http.post(MESSAGES, "{\"task\": \"chat\", \"input\": {\"message\": \"hello\"}, \"key\": \"k\"}");
        assertThat(said.status()).isEqualTo(202);
        assertThat(said.json().path("existing").asBoolean()).isFalse();
        String run = said.json().path("id").asString();
        assertThat(said.header("Location")).isEqualTo("/v1/runs/" + run);
        var turn = http.get("/v1/runs/" + run).json();
        assertThat(turn.path("lane").asString()).isEqualTo("thread:t 1");
        assertThat(turn.path("input").toString()).isEqualTo("{\"message\":\"hello\"}");
        var again = http.post(MESSAGES, "{\"input\": {\"message\": \"other\"}, \"key\": \"k\"}");
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json().path("existing").asBoolean()).isTrue();
        assertThat(again.json().path("id").asString()).isEqualTo(run);
    }

    @Test
    void aRepetitionIsSaidOnce() throws Exception {
        var headers = Map.of("Content-Type", "application/json", "Idempotency-Key", "r");
        String body = "{\"input\": {\"message\": \"hello\"}}";
        var first = http.send("POST", MESSAGES, body, headers);
        var second = http.send("POST", MESSAGES, body, headers);
        assertThat(second.status()).isEqualTo(202);
        assertThat(second.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(second.json().path("existing").asBoolean()).isTrue();
        assertThat(http.get(MESSAGES).json().path("messages")).hasSize(1);
    }

    @Test
    void messagesAreTheRunsInOrderAndInPages() throws Exception {
        leave.release(2);
        var runs = new ArrayList<String>();
        for (String text : List.of("one", "fail", "three")) runs.add(say(text));
        awaitEnd(runs.getFirst());
        http.post("/v1/threads/other/messages", "{\"input\": {\"message\": \"x\"}}");

        var page = http.get(MESSAGES + "?limit=2").json();
        assertThat(page.path("thread").asString()).isEqualTo("t 1");
        assertThat(ids(page)).isEqualTo(runs.subList(0, 2));
        var first = page.path("messages").get(0);
        assertThat(first.path("input").path("message").asString()).isEqualTo("one");
        assertThat(first.path("output").asString()).isEqualTo("you said one");
        assertThat(first.path("error").isNull()).isTrue();
        var rest =
                http.get(MESSAGES + "?cursor=" + page.path("next").asString()).json();
        assertThat(ids(rest)).isEqualTo(runs.subList(2, 3));
        assertThat(rest.path("next").isNull()).isTrue();
        assertThat(rest.path("messages").get(0).path("output").isNull()).isTrue();

        var newest = http.get(MESSAGES + "?order=newest&limit=2").json();
        assertThat(ids(newest)).containsExactly(runs.get(2), runs.get(1));
        assertThat(ids(http.get(MESSAGES + "?order=newest&cursor="
                                + newest.path("next").asString())
                        .json()))
                .containsExactly(runs.get(0));
        assertThat(http.get("/v1/threads/t%201").json().path("turns")).hasSize(3);
        assertThat(http.get("/v1/threads/none/messages").json().path("messages"))
                .isEmpty();
        assertThat(http.get(MESSAGES + "?order=best").code()).isEqualTo("parameter_invalid");
        assertThat(http.get(MESSAGES + "?before=x").code()).isEqualTo("parameter_invalid");
    }

    private static List<String> ids(JsonNode page) {
        return page.path("messages")
                .valueStream()
                .map(m -> m.path("id").asString())
                .toList();
    }

    @Test
    void aStopOfAllStopsThoseThatWaitToo() throws Exception {
        var runs = new ArrayList<String>();
        for (String text : List.of("one", "two", "three")) runs.add(say(text));
        await("it has begun").atMost(SOON).until(() -> begun.contains("one"));
        var headers = Map.of("Content-Type", "application/json", "Idempotency-Key", "stop");
        var stopped = http.send("POST", "/v1/threads/t%201/cancel", "{\"which\": \"all\"}", headers);
        assertThat(stopped.status()).isEqualTo(202);
        assertThat(stopped.json().path("cancelled").valueStream().map(JsonNode::asString))
                .isEqualTo(runs);
        for (String run : runs)
            assertThat(awaitEnd(run).path("outcome").asString()).isEqualTo("CANCELLED");
        String later = say("later");
        assertThat(http.send("POST", "/v1/threads/t%201/cancel", "{\"which\": \"all\"}", headers)
                        .body())
                .isEqualTo(stopped.body());
        leave.release();
        assertThat(awaitEnd(later).path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(begun).containsExactly("one", "later");
    }

    @Test
    void aStopOfTheCurrentTurnLeavesThoseThatWait() throws Exception {
        String first = say("one");
        await("it has begun").atMost(SOON).until(() -> begun.contains("one"));
        String second = say("two");
        var stopped = http.post("/v1/threads/t%201/cancel", "{\"which\": \"current\"}");
        assertThat(stopped.json().path("cancelled").valueStream().map(JsonNode::asString))
                .containsExactly(first);
        assertThat(awaitEnd(first).path("outcome").asString()).isEqualTo("CANCELLED");
        leave.release();
        assertThat(awaitEnd(second).path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(http.post("/v1/threads/t%201/cancel", "{\"which\": \"all\"}")
                        .json()
                        .path("cancelled"))
                .isEmpty();
    }

    @Test
    void theStreamGoesOnAcrossTurnsAndResumesInsideOfOne() throws Exception {
        leave.release();
        String first = say("one");
        try (var stream = new Stream("")) {
            stream.until("done");
            String second = say("two");
            stream.until("chunk");
            String position = stream.last("id");
            assertThat(position).startsWith(second + ".");
            leave.release();
            stream.until("done");
            assertThat(stream.chunks()).containsExactly("you ", "said one", "you ", "said two");
            try (var again = new Stream("?from=" + position)) {
                again.until("done");
                assertThat(again.chunks()).containsExactly("said two");
            }
            try (var late = new Stream("?from=" + second + ".0.0")) {
                late.until("done");
                assertThat(late.chunks()).containsExactly("you ", "said two");
            }
        }
        assertThat(http.get("/v1/threads/t%201/stream?from=" + first + ".99.1").code())
                .isEqualTo("cursor_unknown");
        assertThat(http.get("/v1/threads/other/stream?from=" + first + ".1.1").code())
                .isEqualTo("cursor_unknown");
    }

    @Test
    void fromNowOnIsWithoutWhatWas() throws Exception {
        leave.release();
        String first = say("one");
        awaitEnd(first);
        try (var stream = new Stream("?from=now")) {
            stream.until("waiting");
            String second = say("two");
            leave.release();
            stream.until("done");
            assertThat(stream.last("id")).startsWith(second + ".");
            assertThat(stream.chunks()).containsExactly("you ", "said two");
        }
    }

    @Test
    void whatCannotBeSaidIsRefused() throws Exception {
        assertThat(http.post(MESSAGES, "{}").code()).isEqualTo("field_invalid");
        assertThat(http.post(MESSAGES, "{\"message\": 1}").code()).isEqualTo("field_unknown");
        var noTurns = http.post(MESSAGES, "{\"input\": 1, \"task\": \"noop\"}");
        assertThat(noTurns.status()).isEqualTo(422);
        assertThat(noTurns.code()).isEqualTo("lane_not_serial");
        assertThat(http.post(MESSAGES, "{\"input\": 1, \"task\": \"nope\"}").status())
                .isEqualTo(404);
        assertThat(http.post(MESSAGES, "{\"input\": 1}").code()).isEqualTo("input_invalid");
        assertThat(http.post("/v1/threads/t%201/cancel", "{}").code()).isEqualTo("field_invalid");
        assertThat(http.post("/v1/threads/t%201/cancel", "{\"which\": \"last\"}")
                        .code())
                .isEqualTo("field_invalid");
        assertThat(http.post("/v1/threads/t%201/cancel", "{\"what\": \"all\"}").code())
                .isEqualTo("field_unknown");
    }

    /** The task says where it waits, and whoever reads says where he looks. */
    @Test
    void whatMeansNothingIsRefused() throws Exception {
        var posted = http.post(MESSAGES + "?queue=other", "{\"input\": {\"message\": \"one\"}}");
        assertThat(posted.status()).isEqualTo(400);
        assertThat(posted.code()).isEqualTo("parameter_invalid");
        assertThat(posted.json().path("detail").asString()).contains("queue", "task");
        assertThat(http.post("/v1/threads/t%201/cancel?lane=x", "{\"which\": \"all\"}")
                        .code())
                .isEqualTo("parameter_invalid");
        assertThat(http.get("/v1/threads/t%201/stream?after=x").code()).isEqualTo("parameter_invalid");
        assertThat(http.get(MESSAGES).json().path("messages")).isEmpty();
    }

    @Test
    void aStopOfNothingIsAnsweredAndRemembered() throws Exception {
        String cancel = "/v1/threads/t%201/cancel";
        var once = Map.of("Idempotency-Key", "stop", "Content-Type", "application/json");
        for (int i = 0; i < 2; i++) {
            var nothing = http.send("POST", cancel, "{\"which\": \"all\"}", once);
            assertThat(nothing.status()).isEqualTo(202);
            assertThat(nothing.json().path("cancelled").isArray()).isTrue();
            assertThat(nothing.json().path("cancelled")).isEmpty();
            if (i == 0) say("one");
        }
        leave.release();
        String first = http.get(MESSAGES).json().at("/messages/0/id").asString();
        awaitEnd(first);
        assertThat(http.get("/v1/runs/" + first).json().path("outcome").asString())
                .isEqualTo("SUCCEEDED");
        assertThat(http.send("POST", cancel, "{\"which\": \"current\"}", once).code())
                .isEqualTo("request_id_reused");
    }

    /** What comes of the thread's stream. */
    private final class Stream implements AutoCloseable {
        private final BufferedReader in;
        private final List<Map<String, String>> events = new ArrayList<>();

        Stream(String query) throws IOException {
            var connection = (HttpURLConnection) server.url()
                    .resolve("/v1/threads/t%201/stream" + query)
                    .toURL()
                    .openConnection();
            connection.setReadTimeout(20_000);
            assertThat(connection.getResponseCode()).isEqualTo(200);
            in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        }

        void until(String event) throws IOException {
            var fields = new HashMap<String, String>();
            while (true) {
                String line = in.readLine();
                if (line == null) throw new AssertionError("the stream ended after " + events);
                int colon = line.indexOf(':');
                if (colon > 0) fields.put(line.substring(0, colon), line.substring(colon + 2));
                if (!line.isEmpty() || !fields.containsKey("event")) continue;
                events.add(Map.copyOf(fields));
                if (event.equals(fields.get("event"))) return;
                fields.clear();
            }
        }

        String last(String field) {
            return events.getLast().getOrDefault(field, "");
        }

        List<String> chunks() {
            return events.stream()
                    .filter(e -> "chunk".equals(e.get("event")))
                    .map(e -> e.getOrDefault("data", "")
                            .replaceFirst(".*\"data\":\"", "")
                            .replaceFirst("\"}$", ""))
                    .toList();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
