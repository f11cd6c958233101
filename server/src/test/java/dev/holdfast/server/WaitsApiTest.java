package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.Runs;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signals, tokens, lanes and queues over HTTP, on runs that a test controls. */
class WaitsApiTest {
    private static final String UNKNOWN = new RunId(5, 5).toString();
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final FakeRuns runs = new FakeRuns();
    private final Server server = Server.open(ServerOptions.onPort(0));
    private final Http http = new Http(server.url());

    @BeforeEach
    void serve() {
        server.serve(new FakeNode(runs));
    }

    @AfterEach
    void close() {
        http.close();
        server.close();
    }

    private String start(String task, String body) throws Exception {
        var response = http.post("/v1/tasks/" + task + "/runs", body);
        assertThat(response.status()).isEqualTo(201);
        return response.json().path("id").asString();
    }

    private static RunId id(String text) {
        return RunId.parse(text).orElseThrow();
    }

    @Test
    void aSignalIsAnyJson() throws Exception {
        String id = start("noop", "{}");
        String path = "/v1/runs/" + id + "/signals/approved";
        var accepted = http.post(path, "{\"by\": 1.50}");
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.json().path("id").asString()).isEqualTo(id);
        assertThat(http.send("POST", path, "", Map.of()).status()).isEqualTo(202);
        http.post("/v1/runs/" + id + "/signals/a%2Fb%20c", "true");
        assertThat(runs.sent)
                .containsExactly(
                        new Runs.Sent("approved", "{\"by\":1.50}"),
                        new Runs.Sent("approved", "null"),
                        new Runs.Sent("a/b c", "true"));
        for (String broken : new String[] {"{", "1 2", "NaN", "{\"a\":1,\"a\":2}"}) {
            var refused = http.post(path, broken);
            assertThat(refused.code()).as(broken).isEqualTo("json_malformed");
            assertThat(refused.status()).isEqualTo(400);
        }
        assertThat(http.send("POST", path, "a=b", Map.of("Content-Type", "text/plain"))
                        .status())
                .isEqualTo(415);
        assertThat(http.post("/v1/runs/" + UNKNOWN + "/signals/approved", "1").status())
                .isEqualTo(404);
        assertThat(http.post("/v1/runs/x/signals/approved", "1").code()).isEqualTo("run_id_malformed");
        runs.finish(id(id), Outcome.SUCCEEDED, "1");
        var late = http.post(path, "1");
        assertThat(late.code()).isEqualTo("run_finished");
        assertThat(late.status()).isEqualTo(409);
    }

    @Test
    void aTokenIsCompletedOnce() throws Exception {
        var done = http.post("/v1/tokens/known/complete", "[1]");
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.json().path("token").asString()).isEqualTo("known");
        assertThat(runs.sent).containsExactly(new Runs.Sent("known", "[1]"));
        var again = http.post("/v1/tokens/known/complete", "[2]");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("token_completed");
        var unknown = http.send("POST", "/v1/tokens/other/complete", "", Map.of());
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("token_unknown");
    }

    @Test
    void aRunShowsWhatItWaitsFor() throws Exception {
        String id = start("noop", "{}");
        assertThat(http.get("/v1/runs/" + id).json().path("status").asString()).isEqualTo("QUEUED");
        runs.waiting(id(id));
        assertThat(http.get("/v1/runs/" + id).json().path("status").asString()).isEqualTo("SLEEPING");
        runs.waiting(
                id(id),
                new Wait.Signal("approved", null),
                new Wait.Token("t", Instant.EPOCH),
                new Wait.Child(id(UNKNOWN)));
        var shown = http.get("/v1/runs/" + id).json();
        assertThat(shown.path("status").asString()).isEqualTo("WAITING");
        assertThat(shown.path("waiting").toString()).isEqualTo("{\"need\":\"ALL\",\"keys\":[\"1\",\"2\",\"3\",\"4\"]}");
        var steps = shown.path("steps");
        assertThat(steps.get(0).path("awaits").path("kind").asString()).isEqualTo("time");
        assertThat(steps.get(1).path("awaits").toString())
                .isEqualTo("{\"kind\":\"signal\",\"name\":\"approved\",\"until\":null}");
        assertThat(steps.get(2).path("awaits").path("token").asString()).isEqualTo("t");
        assertThat(steps.get(3).path("awaits").path("run").asString()).isEqualTo(UNKNOWN);
        // Only another try has a next time: a wait has its end in what it awaits.
        assertThat(steps.get(0).has("next")).isFalse();
        assertThat(http.get("/v1/runs?status=blocked")
                        .json()
                        .path("runs")
                        .get(0)
                        .path("status")
                        .asString())
                .isEqualTo("WAITING");
        assertThat(http.get("/v1/runs/" + start("noop", "{\"delay\":\"1h\"}"))
                        .json()
                        .path("status")
                        .asString())
                .isEqualTo("DELAYED");
    }

    @Test
    void runsAreListedByTheirLane() throws Exception {
        String named = start("noop", "{\"lane\": \"l\"}");
        start("noop", "{}");
        var found = http.get("/v1/runs?lane=l").json().path("runs");
        assertThat(found.size()).isEqualTo(1);
        assertThat(found.get(0).path("id").asString()).isEqualTo(named);
        assertThat(found.get(0).path("lane").asString()).isEqualTo("l");
        assertThat(http.get("/v1/runs?queue=default").json().path("runs").size())
                .isEqualTo(2);
        assertThat(http.get("/v1/runs?lane=l&queue=other").json().path("runs").size())
                .isZero();
        assertThat(http.post("/v1/tasks/noop/runs", "{\"lane\": 1}").code()).isEqualTo("field_invalid");
    }

    @Test
    void aTaskNamesTheLaneByTheInputUnlessTheStartDoes() throws Exception {
        String byInput = start("chat", "{\"input\": 7}");
        assertThat(http.get("/v1/runs/" + byInput).json().path("lane").asString())
                .isEqualTo("named by 7");
        String byStart = start("chat", "{\"input\": 7, \"lane\": \"mine\"}");
        assertThat(http.get("/v1/runs/" + byStart).json().path("lane").asString())
                .isEqualTo("mine");
    }

    @Test
    void queuesAreThoseOfTasksAndThoseOfTheLedger() throws Exception {
        http.send("PATCH", "/v1/queues/mail", "{\"paused\": true}", JSON);
        var queues = http.get("/v1/queues").json().path("queues");
        assertThat(queues.size()).isEqualTo(2);
        assertThat(queues.get(0).path("name").asString()).isEqualTo("default");
        assertThat(queues.get(1).path("paused").asBoolean()).isTrue();
        assertThat(queues.get(1).path("executing").asInt()).isEqualTo(5);
        assertThat(http.get("/v1/queues/default").status()).isEqualTo(200);
        var unknown = http.get("/v1/queues/nope");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("queue_unknown");
    }

    @Test
    void lanesAreListedByPages() throws Exception {
        var first = http.get("/v1/queues/default?limit=1").json();
        assertThat(first.path("queue").path("name").asString()).isEqualTo("default");
        assertThat(first.path("lanes").get(0).path("kind").asString()).isEqualTo("CONCURRENT");
        var second = http.get("/v1/queues/default?limit=2&cursor="
                        + first.path("next").asString().replace(":", "%3A"))
                .json();
        assertThat(second.path("lanes").get(0).path("name").asString()).isEqualTo("a:b");
        assertThat(second.path("lanes").get(0).path("kind").asString()).isEqualTo("SERIAL");
        assertThat(second.path("lanes").get(1).path("name").asString()).isEqualTo("c");
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(http.get("/v1/queues/default?cursor=x").code()).isEqualTo("parameter_invalid");
        assertThat(http.get("/v1/queues/default?since=x").code()).isEqualTo("parameter_invalid");
    }

    @Test
    void whatAChangeOfAQueueDoesNotNameStays() throws Exception {
        var limited = http.send("PATCH", "/v1/queues/mail", "{\"concurrency\": 3, \"laneConcurrency\": 2}", JSON);
        assertThat(limited.status()).isEqualTo(200);
        var changed = http.send("PATCH", "/v1/queues/mail", "{\"concurrency\": null}", JSON)
                .json();
        assertThat(changed.path("concurrency").isNull()).isTrue();
        assertThat(changed.path("laneConcurrency").asInt()).isEqualTo(2);
        assertThat(changed.path("paused").asBoolean()).isFalse();
        assertThat(runs.queues.asked)
                .containsExactly(
                        "mail OfQueue[isPaused=null, concurrency=To[limit=3], laneConcurrency=To[limit=2], rate=null] null",
                        "mail OfQueue[isPaused=null, concurrency=To[limit=null], laneConcurrency=null, rate=null] null");
        for (String bad : new String[] {
            "[]",
            "{\"paused\": null}",
            "{\"concurrency\": 1.5}",
            "{\"concurrency\": 1e99}",
            "{\"rate\": 7}",
            "{\"rate\": {}}",
            "{\"rate\": {\"count\": 1}}",
            "{\"rate\": {\"per\": \"1s\"}}",
            "{\"rate\": {\"count\": 1, \"per\": 5}}",
            "{\"rate\": {\"count\": 1, \"per\": \"soon\"}}"
        }) {
            assertThat(http.send("PATCH", "/v1/queues/mail", bad, JSON).code())
                    .as(bad)
                    .isEqualTo("field_invalid");
        }
        assertThat(http.send("PATCH", "/v1/queues/mail", "{\"pause\": true}", JSON)
                        .code())
                .isEqualTo("field_unknown");
        var none = http.send("PATCH", "/v1/queues/mail", "{\"concurrency\": 0, \"paused\": true}", JSON);
        assertThat(none.status()).isEqualTo(422);
        assertThat(none.code()).isEqualTo("limit_invalid");
        assertThat(http.get("/v1/queues/mail")
                        .json()
                        .path("queue")
                        .path("paused")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void aQueueHasARate() throws Exception {
        var limited = http.send("PATCH", "/v1/queues/mail", "{\"rate\": {\"count\": 100, \"per\": \"1m\"}}", JSON);
        assertThat(limited.status()).isEqualTo(200);
        assertThat(limited.json().path("rate").toString()).isEqualTo("{\"count\":100,\"per\":\"60s\"}");
        http.send("PATCH", "/v1/queues/mail", "{\"concurrency\": 1}", JSON);
        var shown = http.get("/v1/queues/mail").json().path("queue");
        assertThat(shown.path("rate").path("count").asInt()).isEqualTo(100);
        assertThat(http.send("PATCH", "/v1/queues/mail", "{\"rate\": {\"often\": 1}}", JSON)
                        .code())
                .isEqualTo("field_unknown");
        var none = http.send("PATCH", "/v1/queues/mail", "{\"rate\": null}", JSON);
        assertThat(none.json().path("rate").isNull()).isTrue();
    }

    @Test
    void allOfAChangeIsOneRequest() throws Exception {
        http.send(
                "PATCH",
                "/v1/queues/mail",
                "{\"paused\": false, \"concurrency\": 1}",
                Map.of("Content-Type", "application/json", "Idempotency-Key", "r"));
        assertThat(runs.queues.asked)
                .containsExactly(
                        "mail OfQueue[isPaused=false, concurrency=To[limit=1], laneConcurrency=null, rate=null] r");
    }

    @Test
    void aLaneIsPausedAndResumed() throws Exception {
        var paused = http.send("PATCH", "/v1/queues/mail/lanes/a%2Fb", "{\"paused\": true}", JSON);
        assertThat(paused.status()).isEqualTo(200);
        assertThat(paused.json().path("lane").asString()).isEqualTo("a/b");
        http.send("PATCH", "/v1/queues/mail/lanes/a%2Fb", "{\"paused\": false}", JSON);
        assertThat(runs.queues.asked)
                .containsExactly(
                        "mail OfLane[lane=a/b, isPaused=true] null", "mail OfLane[lane=a/b, isPaused=false] null");
        assertThat(http.send("PATCH", "/v1/queues/mail/lanes/l", "{}", JSON).code())
                .isEqualTo("field_invalid");
        assertThat(http.send("PATCH", "/v1/queues/mail/lanes/l", "{\"concurrency\": 1}", JSON)
                        .code())
                .isEqualTo("field_unknown");
    }
}
