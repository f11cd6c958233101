package dev.holdfast.examples.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The endpoint as any client sees it, over HTTP. */
@Timeout(30)
class ScriptedModelTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_732_624_812_345L);

    private ScriptedModel model;
    private HttpClient http;

    @BeforeEach
    void start() throws IOException {
        model = ScriptedModel.start(0, () -> NOW);
        http = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        http.shutdownNow();
        model.close();
    }

    @Test
    void it_listens_on_this_machine_only() {
        assertThat(model.url().getHost()).isEqualTo("127.0.0.1");
        assertThat(model.url().getPath()).isEqualTo("/v1");
    }

    @Test
    void it_has_one_model() throws Exception {
        var answer = http.send(request("/models").build(), HttpResponse.BodyHandlers.ofString());

        JsonNode json = json(answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json.path("object").asString()).isEqualTo("list");
        assertThat(json.path("data").size()).isEqualTo(1);
        assertThat(json.at("/data/0/id").asString()).isEqualTo("scripted");
    }

    @Test
    void a_stream_has_the_shape_that_clients_know() throws Exception {
        var answer = ask(body("hello", ", \"stream\": true, \"stream_options\": {\"include_usage\": true}"));

        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        List<String> events = events(answer.body());
        assertThat(events).last().isEqualTo("[DONE]");
        List<JsonNode> chunks = events.stream()
                .limit(events.size() - 1)
                .map(ScriptedModelTest::json)
                .toList();
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asString()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
            assertThat(chunk.path("created").asLong()).isEqualTo(NOW.getEpochSecond());
            assertThat(chunk.path("model").asString()).isEqualTo("scripted");
        });
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(chunks.stream()
                        .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                        .toList())
                .containsExactly("", "You ", "said: ", "hello", "", "");
        assertThat(chunks.get(4).at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(chunks.getLast().path("choices").size()).isZero();
        assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void usage_comes_only_if_it_is_asked_for() throws Exception {
        assertThat(ask(body("hello", ", \"stream\": true")).body()).doesNotContain("usage");
    }

    @Test
    void without_a_stream_it_answers_at_once() throws Exception {
        var answer = ask(body("hello", ""));

        JsonNode json = json(answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json.path("object").asString()).isEqualTo("chat.completion");
        assertThat(json.at("/choices/0/message/content").asString()).isEqualTo("You said: hello");
        assertThat(json.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(json.at("/usage/total_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void the_last_message_of_the_user_counts_also_in_parts() throws Exception {
        String messages = """
                {"model": "scripted", "messages": [
                  {"role": "user", "content": "[error]"},
                  {"role": "user", "content": [{"type": "text", "text": "in"}, {"type": "text", "text": "parts"}]},
                  {"role": "assistant", "content": "yes?"}]}
                """;

        assertThat(json(ask(messages).body()).at("/choices/0/message/content").asString())
                .isEqualTo("You said: in parts");
    }

    @Test
    void a_stamp_says_who_asked_and_when() throws Exception {
        var request = completion(body("[stamp] [many:2]", ""))
                .header("X-Holdfast-Run", "run_1")
                .header("X-Holdfast-Epoch", "3")
                .header("X-Holdfast-Try", "2");
        JsonNode told = json(
                http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
        JsonNode untold = json(ask(body("[stamp] [many:1]", "")).body());

        assertThat(told.at("/choices/0/message/content").asString()).isEqualTo("1·e3·1732624812345 2·e3·1732624812345");
        assertThat(told.path("system_fingerprint").asString()).isEqualTo("run_1/e3/t2");
        assertThat(untold.at("/choices/0/message/content").asString()).isEqualTo("1·e-·1732624812345");
    }

    @Test
    void an_error_in_place_of_an_answer() throws Exception {
        assertError(ask(body("[error]", ", \"stream\": true")), 500, "scripted_error");
        assertError(ask(body("[error:429]", "")), 429, "scripted_error");
        assertError(ask(body("[error:2]", "")), 500, "scripted_error");
    }

    @Test
    void an_error_in_the_stream() throws Exception {
        List<String> events =
                events(ask(body("[many] [error:2]", ", \"stream\": true")).body());

        assertThat(events).hasSize(4);
        assertThat(json(events.get(2)).at("/choices/0/delta/content").asString())
                .isEqualTo("2 ");
        assertThat(json(events.get(3)).at("/error/code").asString()).isEqualTo("scripted_error");
    }

    @Test
    void a_break_after_the_last_word_is_one_all_the_same() throws Exception {
        List<String> events =
                events(ask(body("[many:2] [error:9]", ", \"stream\": true")).body());

        assertThat(events).last().asString().contains("scripted_error");
    }

    @Test
    void a_connection_that_is_cut() {
        assertThatThrownBy(() -> ask(body("[many] [cut:2]", ", \"stream\": true")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ask(body("[cut]", ""))).isInstanceOf(IOException.class);
    }

    @Test
    void closing_it_frees_whom_it_keeps_waiting() throws Exception {
        var streamed = http.send(
                completion(body("[hang:1]", ", \"stream\": true")).build(), HttpResponse.BodyHandlers.ofInputStream());
        var whole = http.sendAsync(completion(body("[hang]", "")).build(), HttpResponse.BodyHandlers.ofString());
        try (var lines = new BufferedReader(new InputStreamReader(streamed.body(), StandardCharsets.UTF_8))) {
            // The heartbeat of silence: the answer has come as far as it comes.
            String line = lines.readLine();
            while (!line.startsWith(":")) line = lines.readLine();

            model.close();

            assertThatThrownBy(() -> lines.lines().count()).hasCauseInstanceOf(IOException.class);
        }
        assertThatThrownBy(whole::join).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> ask(body("hello", ""))).isInstanceOf(ConnectException.class);
    }

    @Test
    void two_are_answered_side_by_side() throws Exception {
        var hanging = http.send(
                completion(body("[hang]", ", \"stream\": true")).build(), HttpResponse.BodyHandlers.ofInputStream());

        assertThat(ask(body("hello", "")).statusCode()).isEqualTo(200);
        hanging.body().close();
    }

    @Test
    void bad_requests_are_told_as_openai_tells_them() throws Exception {
        assertError(ask("{"), 400, "invalid_json");
        assertError(ask(""), 400, "invalid_json");
        assertError(ask("[]"), 400, "invalid_json");
        assertError(ask("{\"messages\": []}"), 400, "model_missing");
        assertError(ask("{\"model\": \"gpt\"}"), 404, "model_not_found");
        assertError(ask("{\"model\": \"scripted\", \"messages\": []}"), 400, "messages_missing");
        assertError(ask("{\"model\": \"scripted\", \"messages\": 7}"), 400, "messages_missing");
        assertError(ask(body("[many:0]", "")), 400, "hint_invalid");
        assertError(ask(" ".repeat(1_000_001)), 413, "body_too_large");
        assertError(get("/nothing"), 404, "unknown_url");
        assertError(get("/chat/completions"), 405, "method_not_allowed");
    }

    @Test
    void a_port_that_is_taken_is_an_error() {
        assertThatThrownBy(() -> ScriptedModel.start(model.url().getPort())).isInstanceOf(IOException.class);
    }

    @Test
    void the_program_takes_a_port() {
        assertThat(Serve.port()).hasValue(0);
        assertThat(Serve.port("--port", "8089")).hasValue(8089);
        assertThat(Serve.port("--port")).isEmpty();
        assertThat(Serve.port("--port", "65536")).isEmpty();
        assertThat(Serve.port("--help")).isEmpty();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(String body) throws IOException, InterruptedException {
        return http.send(completion(body).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder completion(String body) {
        return request("/chat/completions").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(model.url() + path));
    }

    /** @param more further fields */
    private static String body(String message, String more) {
        return "{\"model\": \"scripted\", \"messages\": [{\"role\": \"user\", \"content\": \"" + message + "\"}]" + more
                + "}";
    }

    private static List<String> events(String body) {
        return body.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    private static void assertError(HttpResponse<String> answer, int status, String code) {
        JsonNode error = json(answer.body()).path("error");
        assertThat(error.path("code").asString()).isEqualTo(code);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(error.path("type").asString()).isEqualTo(status >= 500 ? "server_error" : "invalid_request_error");
        assertThat(error.path("message").asString()).isNotBlank();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
