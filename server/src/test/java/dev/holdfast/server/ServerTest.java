package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.localpg.Ports;
import dev.holdfast.node.KeyBook;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The HTTP contract, on runs that a test controls. */
class ServerTest {
    private static final String UNKNOWN = new RunId(5, 5).toString();

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

    private String start(String body) throws Exception {
        var response = http.post("/v1/tasks/noop/runs", body);
        assertThat(response.status()).isEqualTo(201);
        return response.json().path("id").asString();
    }

    private static RunId id(String text) {
        return RunId.parse(text).orElseThrow();
    }

    @Test
    void aStartIsAnsweredWithTheRun() throws Exception {
        var response = http.post(
                "/v1/tasks/noop/runs", "{\"input\": {\"a\": 1.50, \"b\": [1E+400, \"é\"]}, \"tags\": [\"x\"]}");
        assertThat(response.status()).isEqualTo(201);
        String id = response.json().path("id").asString();
        assertThat(response.header("Location")).isEqualTo("/v1/runs/" + id);
        assertThat(response.json().path("existing").asBoolean()).isFalse();

        var shown = http.get("/v1/runs/" + id);
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.body()).contains("\"input\":{\"a\":1.50,\"b\":[1E+400,\"é\"]}");
        assertThat(shown.json().path("state").asString()).isEqualTo("QUEUED");
        assertThat(shown.json().path("tags").get(0).asString()).isEqualTo("x");
    }

    @Test
    void aStartWithoutABodyHasNullAsItsInput() throws Exception {
        var response = http.send("POST", "/v1/tasks/noop/runs", "", Map.of());
        assertThat(response.status()).isEqualTo(201);
        assertThat(http.get("/v1/runs/" + response.json().path("id").asString())
                        .json()
                        .path("input")
                        .isNull())
                .isTrue();
    }

    @Test
    void aRepetitionAndAHeldKeyGiveTheRunThatIsThere() throws Exception {
        var headers = Map.of("Content-Type", "application/json", "Idempotency-Key", "r1");
        var first = http.send("POST", "/v1/tasks/noop/runs", "{\"key\": \"k\"}", headers);
        var again = http.send("POST", "/v1/tasks/noop/runs", "{\"key\": \"k\"}", headers);
        var held = http.post("/v1/tasks/noop/runs", "{\"key\": \"k\"}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        assertThat(held.status()).isEqualTo(200);
        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(held.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(held.json().path("existing").asBoolean()).isTrue();
    }

    @Test
    void aRequestIdThatIsNotAsciiIsRefused() throws Exception {
        for (String bytes : new String[] {"\u00fc", "\u00c3\u00bc", "\u00ed\u00a0\u0080"}) {
            assertThat(raw("POST /v1/tasks/noop/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                            + "Idempotency-Key: r" + bytes + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 422")
                    .contains("text_invalid");
        }
    }

    @Test
    void theOptionsOfAStartAreUnderstood() throws Exception {
        String id = start(
                "{\"delay\": \"5s\", \"ttl\": \"PT1H\", \"priority\": \"2h\", \"maxDuration\": \"7d\", \"key\": null}");
        assertThat(http.get("/v1/runs/" + id).json().path("due").asString()).isEqualTo("2026-01-02T03:04:10.678Z");
    }

    @Test
    void badStartsAreRefusedWithTheirCodes() throws Exception {
        refused("{\"input\": ", 400, "json_malformed");
        refused("{} {}", 400, "json_malformed");
        refused("{\"input\": 1, \"input\": 2}", 400, "json_malformed");
        for (String broken :
                new String[] {"{\"input\": [", "{\"input\": NaN}", "{\"a\" 1}", "{'input': 1}", "\u0007"}) {
            assertThat(refused(broken, 400, "json_malformed").body())
                    .doesNotContain("Feature", "Source", "REDACTED", "jackson");
        }
        refused("{\"input\": " + "[".repeat(2_000) + "]".repeat(2_000) + "}", 400, "json_malformed");
        refused("{\"input\": {\"\\ud83d\": 1}}", 422, "text_invalid");
        refused("{\"input\": {\"\\udc00\": 1}}", 422, "text_invalid");
        refused("[]", 400, "field_invalid");
        refused("{\"inputs\": 1}", 400, "field_unknown");
        refused("{\"delay\": \"soon\"}", 400, "field_invalid");
        refused("{\"delay\": \"-PT5S\"}", 400, "field_invalid");
        refused("{\"delay\": 5}", 400, "field_invalid");
        for (String field : new String[] {"delay", "ttl", "priority", "maxDuration"}) {
            for (String time : new String[] {"36501d", "999999999999d", "PT876001H"}) {
                var beyond = refused("{\"" + field + "\": \"" + time + "\"}", 400, "field_invalid");
                assertThat(beyond.json().path("detail").asString()).contains(field, time, "36500d");
            }
        }
        refused("{\"tags\": [1]}", 400, "field_invalid");
        refused("{\"key\": 1}", 400, "field_invalid");
        var large = refused("{\"input\": \"" + "x".repeat(5_000_000) + "\"}", 413, "input_too_large");
        assertThat(large.json().path("detail").asString()).contains(Integer.toString(Defaults.PAYLOAD_LIMIT));
        refused("{\"input\": \"" + "x".repeat(Defaults.PAYLOAD_LIMIT) + "\"}", 413, "input_too_large");
        var unknown = http.post("/v1/tasks/nope/runs", "{}");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("task_unknown");
        var form = http.send(
                "POST", "/v1/tasks/noop/runs", "a=b", Map.of("Content-Type", "application/x-www-form-urlencoded"));
        assertThat(form.status()).isEqualTo(415);
        assertThat(form.code()).isEqualTo("media_type_unsupported");
    }

    private Http.Response refused(String body, int status, String code) throws Exception {
        var response = http.post("/v1/tasks/noop/runs", body);
        assertThat(response.code()).as(body.length() < 100 ? body : "large").isEqualTo(code);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        return response;
    }

    @Test
    void aRunIsShownWithItsSnapshotsAndSteps() throws Exception {
        String id = start("{}");
        runs.running(id(id));
        var shown = http.get("/v1/runs/" + id).json();
        assertThat(shown.path("holder").asString()).isEqualTo("node/1");
        assertThat(shown.path("snapshots").size()).isEqualTo(2);
        assertThat(shown.path("steps").get(0).path("result").toString()).isEqualTo("{\"files\":[\"a\"]}");
        assertThat(http.get("/v1/runs/" + id + "/steps").json().path("steps")).isEqualTo(shown.path("steps"));
        runs.finish(id(id), Outcome.SUCCEEDED, "{\"n\":1}");
        var done = http.get("/v1/runs/" + id).json();
        assertThat(done.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(done.path("output").toString()).isEqualTo("{\"n\":1}");
    }

    @Test
    void runsAreListedByPages() throws Exception {
        for (int i = 0; i < 5; i++) start("{\"tags\": [\"t" + i % 2 + "\"]}");
        var page = http.get("/v1/runs?limit=3").json();
        assertThat(page.path("runs").size()).isEqualTo(3);
        var next = http.get("/v1/runs?limit=3&cursor=" + page.path("next").asString())
                .json();
        assertThat(next.path("runs").size()).isEqualTo(2);
        assertThat(next.path("next").isNull()).isTrue();
        assertThat(http.get("/v1/runs?status=queued").json().path("runs").size())
                .isEqualTo(5);
        assertThat(http.get("/v1/runs?status=FINISHED").json().path("runs").size())
                .isZero();
        assertThat(http.get("/v1/runs?tag=t0&task=noop").json().path("runs").size())
                .isEqualTo(3);
        assertThat(http.get("/v1/runs?status=happy").code()).isEqualTo("parameter_invalid");
        for (String limit : new String[] {"0", "x", "201", "99999999999999999999"}) {
            var wrong = http.get("/v1/runs?limit=" + limit);
            assertThat(wrong.code()).isEqualTo("parameter_invalid");
            assertThat(wrong.json().path("detail").asString()).contains("'" + limit + "'", "from 1 to 200");
        }
        var unknown = http.get("/v1/runs?state=queued");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.code()).isEqualTo("parameter_invalid");
        assertThat(unknown.json().path("detail").asString()).contains("'state'", "status");
        assertThat(http.get("/v1/runs?cursor=x").code()).isEqualTo("parameter_invalid");
    }

    @Test
    void snapshotsAreReadSinceACursor() throws Exception {
        String id = start("{}");
        runs.running(id(id));
        var all = http.get("/v1/runs/" + id + "/snapshots").json();
        assertThat(all.path("snapshots").size()).isEqualTo(2);
        assertThat(all.path("cursor").asString()).isEqualTo(id + ".2");
        assertThat(all.path("floor").asLong()).isEqualTo(1);
        var start = http.get("/v1/runs/" + id + "/snapshots?since=0");
        assertThat(start.status()).isEqualTo(200);
        assertThat(start.json()).isEqualTo(all);
        assertThat(http.get("/v1/runs/" + id + "/snapshots?after=0").code()).isEqualTo("parameter_invalid");
        var none = http.get("/v1/runs/" + id + "/snapshots?atLeast=1&since=" + id + ".2");
        assertThat(none.json().path("snapshots").size()).isZero();
        for (String bad : new String[] {id + ".3", id + ".x", id + ".-1", UNKNOWN + ".1", "5"}) {
            var response = http.get("/v1/runs/" + id + "/snapshots?since=" + bad);
            assertThat(response.code()).as(bad).isEqualTo("cursor_unknown");
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.json().path("detail").asString())
                    .as("the same words, whoever's it is")
                    .isEqualTo("'" + bad + "' is not a position of " + id + "; they look like " + id
                            + ".5, and 0 is the start");
        }
        http.get("/v1/runs/" + id + "/snapshots?atLeast=7&since=" + id + ".2");
        assertThat(runs.atLeast).isEqualTo(7);
        assertThat(http.get("/v1/runs/" + id + "/snapshots?atLeast=-1").code()).isEqualTo("parameter_invalid");
    }

    @Test
    void cancelAndDelete() throws Exception {
        String id = start("{}");
        assertThat(http.send("DELETE", "/v1/runs/" + id, "", Map.of()).code()).isEqualTo("run_not_finished");
        runs.running(id(id));
        assertThat(http.send("POST", "/v1/runs/" + id + "/cancel", "", Map.of()).status())
                .isEqualTo(202);
        runs.finish(id(id), Outcome.CANCELLED, "null");
        assertThat(http.send("POST", "/v1/runs/" + id + "/cancel", "", Map.of()).status())
                .isEqualTo(200);
        assertThat(http.send("DELETE", "/v1/runs/" + id, "", Map.of()).status()).isEqualTo(204);
        assertThat(http.get("/v1/runs/" + id).code()).isEqualTo("run_unknown");
    }

    @Test
    void explainTellsWhy() throws Exception {
        String id = start("{}");
        assertThat(http.get("/v1/runs/" + id + "/explain").json().path("code").asString())
                .isEqualTo("no_slot");
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        assertThat(http.get("/v1/runs/" + UNKNOWN).status()).isEqualTo(404);
        assertThat(http.get("/v1/runs/" + UNKNOWN).code()).isEqualTo("run_unknown");
        assertThat(http.get("/v1/runs/run_1").code()).isEqualTo("run_id_malformed");
        assertThat(http.get("/v1/runs/%00").code()).isEqualTo("run_id_malformed");
        // Half of a surrogate pair, and half of a character: neither is UTF-8, and both would become the same name.
        assertThat(http.get("/v1/runs/%ED%A0%80").code()).isEqualTo("request_malformed");
        assertThat(http.get("/v1/runs/%C3").code()).isEqualTo("request_malformed");
        assertThat(http.get("/v2/runs").code()).isEqualTo("route_unknown");
        var method = http.send("PUT", "/v1/runs", "", Map.of());
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.code()).isEqualTo("method_not_allowed");
        assertThat(method.header("Allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void aNodeTellsHowItsLedgerIsKept() throws Exception {
        var node = http.get("/v1/node").json();
        assertThat(node.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        assertThat(node.path("version").asString()).isNotBlank();
        assertThat(node.path("executing").asInt()).isEqualTo(2);
        assertThat(node.path("ledger").path("settings").path("synchronous").asString())
                .isEqualTo("2");
    }

    @Test
    void failuresBelowKeepTheirCodes() throws Exception {
        String id = start("{}");
        runs.failure = Unavailable.indeterminate("ledger_read_only", "the folder is read-only", null);
        var readOnly = http.post("/v1/tasks/noop/runs", "{}");
        assertThat(readOnly.status()).isEqualTo(503);
        assertThat(readOnly.header("Retry-After")).isEqualTo("1");
        assertThat(readOnly.json().path("indeterminate").asBoolean()).isTrue();
        runs.failure = Unavailable.notApplied("disk_full", "the disk is full", null);
        var full = http.post("/v1/tasks/noop/runs", "{}");
        assertThat(full.status()).isEqualTo(503);
        assertThat(full.code()).isEqualTo("disk_full");
        assertThat(full.header("Retry-After")).isEqualTo("1");
        runs.failure = Unavailable.notApplied("replica_unavailable", "the replica is down", null);
        var replica = http.get("/v1/runs/" + id + "/snapshots");
        assertThat(replica.status()).isEqualTo(503);
        assertThat(replica.code()).isEqualTo("replica_unavailable");
        assertThat(replica.header("Retry-After")).isEqualTo("1");
        runs.failure = new IllegalStateException("secret");
        var broken = http.get("/v1/runs/" + id);
        assertThat(broken.status()).isEqualTo(500);
        assertThat(broken.code()).isEqualTo("internal");
        assertThat(broken.body()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void foreignNamesAndForeignPagesAreRefused() throws Exception {
        var foreign = http.send(
                "POST",
                "/v1/tasks/noop/runs",
                "{}",
                Map.of("Origin", "http://evil.example", "Content-Type", "application/json"));
        assertThat(foreign.code()).isEqualTo("origin_refused");
        var own = http.send(
                "POST",
                "/v1/tasks/noop/runs",
                "{}",
                Map.of("Origin", server.url().toString(), "Content-Type", "application/json"));
        assertThat(own.status()).isEqualTo(201);
        assertThat(raw("GET /v1/runs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421")
                .contains("host_refused");
        assertThat(raw("GARBAGE\r\n\r\n")).startsWith("HTTP/1.1 400").contains("request_malformed");
    }

    private String raw(String request) throws IOException {
        return raw(server, request);
    }

    private static String raw(Server server, String request) throws IOException {
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), server.url().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            var answer = new StringBuilder();
            // The body is one object without objects in it.
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                answer.append((char) c);
                if (c == '}') break;
            }
            return answer.toString();
        }
    }

    @Test
    void theDescriptionAndTheRoutesAreTheSame() {
        var described =
                new OpenApi(tools.jackson.databind.json.JsonMapper.shared().readTree(Resources.read("openapi.json")));
        var served = server.routes().stream()
                .filter(route -> !route.path().equals("/")
                        && !route.path().startsWith("/page/")
                        && !route.path().startsWith("/runs/")
                        && !route.path().startsWith("/queues")
                        && !route.path().startsWith("/schedules")
                        && !route.path().startsWith("/nodes")
                        && !route.path().startsWith("/chat")
                        && !route.path().startsWith("/holdfast"))
                .map(route -> route.method() + " " + route.path())
                .toList();
        assertThat(described.operations()).containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void healthTasksAndMetrics() throws Exception {
        assertThat(http.get("/livez").status()).isEqualTo(200);
        assertThat(http.get("/readyz").status()).isEqualTo(200);
        assertThat(http.get("/v1/tasks")
                        .json()
                        .path("tasks")
                        .get(1)
                        .path("name")
                        .asString())
                .isEqualTo("noop");
        assertThat(http.get("/openapi.json").json().path("openapi").asString()).startsWith("3.1");
        server.meter().counterBuilder("holdfast.runs.started").build().add(3);
        var metrics = http.get("/metrics").body();
        assertThat(metrics)
                .contains("holdfast_runs_started_total 3")
                .contains("holdfast_ledger_stale_total 1")
                .contains("holdfast_ledger_batch_size_total{up_to=\"4\"} 2")
                .contains("holdfast_executing 2")
                .contains("holdfast_watchers 0")
                .contains("holdfast_http_requests_total{method=\"GET\",route=\"/livez\",status=\"200\"} 1");
        assertThat(http.get("/metrics").body()).contains("route=\"/metrics\",status=\"200\"} 1");
    }

    @Test
    void methodsThatAreMadeUpAreCountedAsOne() throws Exception {
        for (int i = 0; i < 50; i++) http.send("MADEUP" + i, "/livez", "", Map.of());
        assertThat(http.get("/metrics").body())
                .contains("method=\"other\",route=\"other\",status=\"405\"} 50")
                .doesNotContain("MADEUP");
    }

    @Test
    void untilThereIsANodeItSaysSo() throws Exception {
        try (var early = Server.open(ServerOptions.onPort(0));
                var client = new Http(early.url())) {
            assertThat(client.get("/livez").status()).isEqualTo(200);
            assertThat(client.get("/readyz").status()).isEqualTo(503);
            var response = client.get("/v1/runs");
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.code()).isEqualTo("starting");
            early.serve(new FakeNode(runs));
            assertThat(client.get("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void itSaysWhyItTakesNothing() throws Exception {
        try (var away = Server.open(ServerOptions.onPort(0));
                var client = new Http(away.url())) {
            away.serve(new FakeNode(runs, Unavailable.notApplied("rejoining", "it was cut off", null)));
            var ready = client.get("/readyz");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.body()).isEqualTo("rejoining: it was cut off\n");
            assertThat(client.get("/livez").status()).isEqualTo(200);

            away.retire();

            assertThat(client.get("/readyz").body()).startsWith("closing: ");
            var refused = client.get("/v1/runs");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("closing");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
        }
    }

    @Test
    void nodesAreListed() throws Exception {
        var ring = http.get("/v1/nodes").json();
        assertThat(ring.path("own").asInt()).isEqualTo(7);
        assertThat(ring.path("nodes").get(0).path("held").asInt()).isEqualTo(2);
        assertThat(ring.path("nodes").get(0).path("watches").isNull())
                .as("it is alone")
                .isTrue();
        assertThat(ring.path("takeovers").get(0).path("tookMicros").asInt()).isEqualTo(4_200);
    }

    @Test
    void beyondThisMachineItAsksForKeysBeforeItListens() {
        int port = Ports.free();
        var listened = new ArrayList<Boolean>();
        var outside = ServerOptions.onPort(port).host("0.0.0.0");

        assertThatThrownBy(() -> Server.open(outside, () -> {
                    listened.add(listens(port));
                    return KeyBook.empty();
                }))
                .isInstanceOf(Refused.class)
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("keys_required");

        assertThat(listened).containsExactly(false);
        assertThat(listens(port)).isFalse();
        assertThatThrownBy(() -> Server.open(outside)).hasMessageContaining("holdfast keys create");
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void itListensOnAnotherAddressOfThisMachine() throws Exception {
        try (var other = Server.open(ServerOptions.onPort(0).host("127.0.0.2"));
                var client = new Http(other.url())) {
            assertThat(other.url().getHost()).isEqualTo("127.0.0.2");
            assertThat(client.get("/livez").status()).isEqualTo(200);
        }
    }

    @Test
    void aTakenPortIsNamed() {
        int port = server.url().getPort();
        assertThatThrownBy(() -> Server.open(ServerOptions.onPort(port)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(Integer.toString(port))
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("port_in_use");
    }

    @Test
    void pagesForbidEverythingButTheirOwnFiles() throws Exception {
        for (String page : new String[] {
            "/",
            "/runs/" + UNKNOWN,
            "/queues",
            "/queues/default",
            "/schedules",
            "/nodes",
            "/chat",
            "/chat/t1",
            "/holdfast.js",
            "/page/page.js",
            "/page/page.css",
            "/page/icon.svg"
        }) {
            var response = http.get(page);
            assertThat(response.status()).as(page).isEqualTo(200);
            assertThat(response.header("Content-Security-Policy"))
                    .contains("default-src 'none'")
                    .doesNotContain("unsafe");
        }
        await("no watcher").atMost(Duration.ofSeconds(5)).until(() -> runs.watching == 0);
    }
}
