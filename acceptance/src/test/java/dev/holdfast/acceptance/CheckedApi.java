package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Api;
import dev.holdfast.drills.Client;
import dev.holdfast.drills.RunAccount;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API; every answer that a test sees must be as {@code /openapi.json} of the same server says. */
final class CheckedApi {
    private static final JsonMapper JSON = new JsonMapper();

    private final Api api;
    private @Nullable Description description;

    CheckedApi(int port) {
        this.api = new Api(URI.create("http://127.0.0.1:" + port));
    }

    /** Without checks, for code that must not care. */
    Api bare() {
        return api;
    }

    /** A client that repeats what was not answered. */
    Client patient() {
        return new Client(api, Stage.PATIENCE);
    }

    Api.Answer get(String path) throws IOException {
        return checked("GET", path, api.get(path));
    }

    Api.Answer post(String path, String body) throws IOException {
        return checked("POST", path, api.post(path, body, Map.of()));
    }

    Api.Answer post(String path, byte[] body) throws IOException {
        return checked("POST", path, api.call("POST", path, body, Map.of()));
    }

    Api.Answer delete(String path) throws IOException {
        return checked("DELETE", path, api.delete(path));
    }

    /** Any call, with these headers. */
    Api.Answer call(String method, String path, String body, Map<String, String> headers) throws IOException {
        byte[] bytes = body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8);
        return checked(method, path, api.call(method, path, bytes, headers));
    }

    private Api.Answer checked(String method, String path, Api.Answer answer) throws IOException {
        Description there = description;
        if (there == null) {
            there = Description.parse(api.get("/openapi.json").body());
            description = there;
        }
        assertThat(there.misfits(method, path, answer))
                .as("%s %s answered %s", method, path, answer)
                .isEmpty();
        return answer;
    }

    /** Starts a run, and returns its id. */
    String start(String task, String input) throws IOException {
        return start(task, input, "");
    }

    /** @param more further fields of the body, such as {@code "key":"k"} */
    String start(String task, String input, String more) throws IOException {
        String body = "{\"input\":" + input + (more.isEmpty() ? "" : "," + more) + "}";
        Api.Answer answer = checked(
                "POST",
                "/v1/tasks/" + task + "/runs",
                api.post(
                        "/v1/tasks/" + task + "/runs",
                        body,
                        Map.of("Idempotency-Key", UUID.randomUUID().toString())));
        assertThat(answer.status()).as("starting %s: %s", task, answer).isIn(200, 201);
        return JSON.readTree(answer.body()).path("id").asString();
    }

    JsonNode show(String run) throws IOException {
        Api.Answer answer = get("/v1/runs/" + run);
        assertThat(answer.status()).as("showing %s: %s", run, answer).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    RunAccount account(String run) throws IOException {
        return RunAccount.parse(show(run).toString());
    }

    /** Waits until the run is as wanted. */
    JsonNode awaitRun(String run, String label, Predicate<JsonNode> wanted) {
        return await(label + ": " + run)
                .atMost(Stage.PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> show(run), wanted);
    }

    /** Waits until the run has ended. */
    JsonNode awaitEnd(String run) {
        return awaitRun(run, "ends", r -> r.path("state").asString().equals("FINISHED"));
    }

    /** Asserts that this is a problem with this status and code, and returns its detail. */
    static String problem(Api.Answer answer, int status, String code) {
        assertThat(answer.type()).as("%s", answer).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("code").asString()).as("%s", answer).isEqualTo(code);
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.body()).doesNotContain("\\tat ", "Exception");
        return problem.path("detail").asString();
    }
}
