package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import dev.holdfast.drills.Api;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/** What cannot be granted is refused by name, leaves nothing behind, and harms nobody beside it. */
@ProcessTest
class BadInputTest {
    private static final String NOOP = "/v1/tasks/noop/runs";
    private static final String WORDCOUNT = "/v1/tasks/wordcount/runs";
    private static final String NOBODY = "/v1/runs/run_00000000000000000000000000";

    @RegisterExtension
    final Stage stage = new Stage(Store.SQLITE);

    /** A request that must be refused. */
    private record Bad(String what, Callable<Api.Answer> request, int status, String code, String named) {
        void check() throws Exception {
            String detail = CheckedApi.problem(request.call(), status, code);
            assertThat(detail).as(what).contains(named);
        }
    }

    @Test
    void each_bad_request_has_its_code_and_leaves_nothing_behind() throws Exception {
        stage.serve();
        var api = stage.api();
        String run = api.start("noop", "null");
        String other = api.start("noop", "null");
        api.awaitEnd(run);
        api.awaitEnd(other);

        assertAll(table(api, run, other).stream().map(bad -> () -> bad.check()));

        assertThat(new JsonMapper().readTree(api.get("/v1/runs").body()).path("runs"))
                .hasSize(2);
    }

    private List<Bad> table(CheckedApi api, String run, String other) {
        String large = "{\"input\":\"" + "x".repeat(5_000_000) + "\"}";
        byte[] cut = "{\"input\":{\"a\":".getBytes(StandardCharsets.UTF_8);
        return List.of(
                new Bad("unknown task", () -> api.post("/v1/tasks/nosuch/runs", "{}"), 404, "task_unknown", "nosuch"),
                new Bad(
                        "an input that does not fit",
                        () -> api.post(WORDCOUNT, "{\"input\":{\"path\":7}}"),
                        422,
                        "input_invalid",
                        "path"),
                new Bad(
                        "an input that lacks what it needs",
                        () -> api.post("/v1/tasks/flaky/runs", "{\"input\":{}}"),
                        422,
                        "input_invalid",
                        "failures"),
                new Bad("no input", () -> api.post(WORDCOUNT, "{}"), 422, "input_invalid", "wordcount"),
                new Bad(
                        "a glob that is none",
                        () -> api.post(WORDCOUNT, "{\"input\":{\"path\":\"docs\",\"glob\":\"a{b\"}}"),
                        422,
                        "input_invalid",
                        "a{b"),
                new Bad("half a body", () -> api.post(NOOP, cut), 400, "json_malformed", ""),
                new Bad("two bodies", () -> api.post(NOOP, "{} {}"), 400, "json_malformed", ""),
                new Bad("a list as body", () -> api.post(NOOP, "[]"), 400, "field_invalid", "an object"),
                new Bad(
                        "bytes that are no text",
                        () -> api.post(NOOP, new byte[] {'{', (byte) 0xff, '}'}),
                        400,
                        "json_malformed",
                        ""),
                new Bad("5 MB", () -> api.post(NOOP, large), 413, "input_too_large", "1000000"),
                new Bad("a NUL character", () -> api.post(NOOP, "{\"input\":\"a\\u0000b\"}"), 422, "nul_character", ""),
                new Bad(
                        "a NUL character in a key",
                        () -> api.post(NOOP, "{\"key\":\"a\\u0000b\"}"),
                        422,
                        "nul_character",
                        ""),
                half("{\"key\":\"k\\ud800\"}", "key"),
                half("{\"key\":\"k\\udfff\"}", "key"),
                half("{\"tags\":[\"\\ud800\"]}", "tag"),
                half("{\"input\":[\"a\\udc00\\ud800\"]}", "input"),
                half("{\"input\":{\"\\ud83d\":1}}", "name"),
                new Bad("no run", () -> api.get(NOBODY), 404, "run_unknown", "run_0000"),
                new Bad("cancel no run", () -> api.post(NOBODY + "/cancel", ""), 404, "run_unknown", "run_0000"),
                new Bad("no run id", () -> api.get("/v1/runs/nonsense"), 400, "run_id_malformed", "nonsense"),
                new Bad(
                        "the cursor of another run",
                        () -> api.get("/v1/runs/" + run + "/snapshots?since=" + other + ".1"),
                        404,
                        "cursor_unknown",
                        other),
                new Bad(
                        "a cursor that the run has not reached",
                        () -> api.get("/v1/runs/" + run + "/snapshots?since=" + run + ".99"),
                        404,
                        "cursor_unknown",
                        run),
                new Bad(
                        "a stream from another run's position",
                        () -> api.get("/v1/runs/" + run + "/stream?from=" + other + ".0.1"),
                        404,
                        "cursor_unknown",
                        other),
                new Bad(
                        "a stream from a position that is not there",
                        () -> api.get("/v1/runs/" + run + "/stream?from=" + run + ".99.99"),
                        404,
                        "cursor_unknown",
                        run),
                new Bad("no route", () -> api.get("/v1/nothing"), 404, "route_unknown", "/v1/nothing"),
                new Bad("a wrong method", () -> api.delete("/v1/runs"), 405, "method_not_allowed", ""),
                new Bad(
                        "another media type",
                        () -> api.call("POST", NOOP, "input=1", Map.of("Content-Type", "text/plain")),
                        415,
                        "media_type_unsupported",
                        ""));
    }

    private Bad half(String body, String named) {
        return new Bad("half of a pair: " + body, () -> stage.api().post(NOOP, body), 422, "text_invalid", named);
    }

    @Test
    void a_request_id_answers_its_own_request_only() throws Exception {
        stage.serve();
        var api = stage.api();
        Map<String, String> once = Map.of("Idempotency-Key", "once");
        Api.Answer first = api.call("POST", NOOP, "{\"input\":1}", once);
        assertThat(first.status()).isEqualTo(201);

        Api.Answer again = api.call("POST", NOOP, "{\"input\":1}", once);
        Api.Answer other = api.call("POST", NOOP, "{\"input\":2}", once);

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body().replace("\"existing\":false", "\"existing\":true"));
        assertThat(CheckedApi.problem(other, 422, "request_id_reused")).contains("once");
    }

    @Test
    void neighbours_of_bad_requests_are_unharmed() throws Exception {
        stage.serve();
        var api = stage.api();
        api.get("/v1/tasks");
        var good = new ArrayList<Future<String>>();
        var bad = new ArrayList<Future<Api.Answer>>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                String input = "{\"number\":" + i + "}";
                good.add(clients.submit(() -> start(input)));
                bad.add(clients.submit(
                        () -> api.bare().post(NOOP, "{\"key\":\"k\\u0000\",\"input\":" + input + "}", Map.of())));
            }
        }
        for (var answer : bad) CheckedApi.problem(answer.get(), 422, "nul_character");
        for (var id : good) {
            assertThat(api.awaitEnd(id.get()).path("outcome").asString()).isEqualTo("SUCCEEDED");
        }
    }

    private String start(String input) throws IOException {
        Api.Answer answer = stage.api().bare().post(NOOP, "{\"input\":" + input + "}", Map.of());
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return new JsonMapper().readTree(answer.body()).path("id").asString();
    }

    @Test
    void a_full_disk_is_said_and_gone_when_there_is_room() throws Exception {
        try (var mount = Mount.of(stage.data(), 48)) {
            stage.serve();
            var api = stage.api();
            String before = api.start("noop", "\"before\"");
            api.awaitEnd(before);

            mount.fill();
            String large = "{\"input\":\"" + "x".repeat(900_000) + "\"}";
            CheckedApi.problem(api.post(NOOP, large), 503, "disk_full");
            assertThat(api.show(before).path("outcome").asString()).isEqualTo("SUCCEEDED");
            assertThat(api.get("/livez").status()).isEqualTo(200);

            mount.makeRoom();
            String after = api.start("noop", "\"after\"");
            assertThat(api.awaitEnd(after).path("outcome").asString()).isEqualTo("SUCCEEDED");
            assertThat(new JsonMapper().readTree(api.get("/v1/runs").body()).path("runs"))
                    .as("what was refused has left nothing")
                    .hasSize(2);
        }
    }
}
