package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Task;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules over HTTP, on a real node. Every answer is held against the description. */
final class SchedulesApiTest {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final String NIGHTLY = "/v1/schedules/nightly";
    private static final Task<Integer, Integer> COUNT =
            Task.named("count", Integer.class, Integer.class).lane(n -> "lane " + n);

    @TempDir
    Path folder;

    private final Server server = Server.open(ServerOptions.onPort(0));
    private final Http http = new Http(server.url());
    private Holdfast holdfast;

    @BeforeEach
    void serve() {
        holdfast = Holdfast.open(folder, COUNT.handle((ctx, n) -> n + 1));
        server.serve(holdfast);
    }

    @AfterEach
    void close() {
        http.close();
        server.close();
        holdfast.close();
    }

    private Http.Response put(String path, String body) throws Exception {
        return http.send("PUT", path, body, JSON);
    }

    @Test
    void aScheduleIsDeclaredShownChangedAndDeleted() throws Exception {
        String body = "{\"cron\": \"0 3 * * *\", \"zone\": \"Europe/Berlin\", \"task\": \"count\", \"input\": 7,"
                + " \"missed\": \"all\", \"ttl\": \"5m\"}";
        var made = put(NIGHTLY, body);
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.json().path("missed").asString()).isEqualTo("ALL");
        assertThat(made.json().path("input").asInt()).isEqualTo(7);
        assertThat(made.json().path("lane").asString()).as("the task names it").isEqualTo("lane 7");
        assertThat(made.json().path("hosted").asBoolean()).isTrue();
        assertThat(made.json().path("next").asString()).matches("20..-..-..T0[12]:00:00Z");
        assertThat(made.json().path("lastRun").isNull()).isTrue();
        assertThat(http.get(NIGHTLY).body()).isEqualTo(made.body());
        assertThat(put(NIGHTLY, body).body()).as("the same again").isEqualTo(made.body());
        assertThat(http.get("/v1/schedules").json().path("schedules").get(0)).isEqualTo(made.json());

        var paused = http.send("PATCH", NIGHTLY, "{\"paused\": true}", JSON);
        assertThat(paused.json().path("paused").asBoolean()).isTrue();
        assertThat(paused.json().path("next").isNull()).isTrue();
        assertThat(http.send("PATCH", NIGHTLY, "{\"paused\": false}", JSON)
                        .json()
                        .path("next"))
                .isEqualTo(made.json().path("next"));

        assertThat(http.send("DELETE", NIGHTLY, "", Map.of()).status()).isEqualTo(204);
        assertThat(http.get(NIGHTLY).code()).isEqualTo("schedule_unknown");
        assertThat(http.send("DELETE", NIGHTLY, "", Map.of()).status()).isEqualTo(404);
        assertThat(http.send("PATCH", NIGHTLY, "{\"paused\": true}", JSON).code())
                .isEqualTo("schedule_unknown");
    }

    @Test
    void whatIsNotSaidIsTheDefault() throws Exception {
        var made = put(NIGHTLY, "{\"cron\": \"@daily\", \"task\": \"count\", \"input\": 1}")
                .json();
        assertThat(made.path("zone").asString()).isEqualTo("UTC");
        assertThat(made.path("missed").asString()).isEqualTo("LATEST");
        assertThat(made.path("ttl").isNull()).isTrue();
        assertThat(made.path("paused").asBoolean()).isFalse();
    }

    @Test
    void aRepeatedRequestIsAnsweredAndNotCarriedOutAgain() throws Exception {
        String body = "{\"cron\": \"0 3 * * *\", \"task\": \"count\", \"input\": 7}";
        var first = Map.of("Content-Type", "application/json", "Idempotency-Key", "a");
        assertThat(http.send("PUT", NIGHTLY, body, first).status()).isEqualTo(200);
        assertThat(put(NIGHTLY, body.replace("0 3", "0 4")).status()).isEqualTo(200);
        var again = http.send("PUT", NIGHTLY, body, first);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("cron").asString()).isEqualTo("0 4 * * *");
        assertThat(http.send("DELETE", NIGHTLY, "", first).code()).isEqualTo("request_id_reused");
        var gone = Map.of("Idempotency-Key", "b");
        assertThat(http.send("DELETE", NIGHTLY, "", gone).status()).isEqualTo(204);
        assertThat(http.send("DELETE", NIGHTLY, "", gone).status()).isEqualTo(204);
    }

    @Test
    void aListComesInPages() throws Exception {
        for (String name : new String[] {"c", "a", "b%2Fx"}) {
            put("/v1/schedules/" + name, "{\"cron\": \"@hourly\", \"task\": \"count\", \"input\": 1}");
        }
        var first = http.get("/v1/schedules?limit=2").json();
        assertThat(first.path("schedules").size()).isEqualTo(2);
        assertThat(first.path("next").asString()).isEqualTo("b/x");
        var second = http.get("/v1/schedules?limit=2&cursor=b%2Fx").json();
        assertThat(second.path("schedules").get(0).path("name").asString()).isEqualTo("c");
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(http.get("/v1/schedules?sort=x").code()).isEqualTo("parameter_invalid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"cron\": \"* * * *\", \"task\": \"count\", \"input\": 1}            | 422 | cron_invalid",
                "{\"cron\": \"99 * * * *\", \"task\": \"count\", \"input\": 1}         | 422 | cron_invalid",
                "{\"cron\": \"0 0 31 4 *\", \"task\": \"count\", \"input\": 1}         | 422 | cron_invalid",
                "{\"cron\": \"@daily\", \"task\": \"count\", \"input\": 1, \"zone\": \"Mars\"} | 422 | zone_unknown",
                "{\"cron\": \"@daily\", \"task\": \"none\", \"input\": 1}              | 404 | task_unknown",
                "{\"cron\": \"@daily\", \"task\": \"count\", \"input\": \"x\"}         | 422 | input_invalid",
                "{\"cron\": \"@daily\"}                                                | 400 | field_invalid",
                "{\"task\": \"count\"}                                                 | 400 | field_invalid",
                "{\"cron\": 5, \"task\": \"count\"}                                    | 400 | field_invalid",
                "{\"cron\": \"@daily\", \"task\": \"count\", \"missed\": \"some\"}     | 400 | field_invalid",
                "{\"cron\": \"@daily\", \"task\": \"count\", \"ttl\": \"soon\"}        | 400 | field_invalid",
                "{\"cron\": \"@daily\", \"task\": \"count\", \"input\": 1, \"ttl\": \"0s\"} | 422 | duration_invalid",
                "{\"cron\": \"@daily\", \"task\": \"count\", \"every\": 1}             | 400 | field_unknown",
                "{                                                                     | 400 | json_malformed",
            })
    void whatCannotBeIsRefused(String body, int status, String code) throws Exception {
        var refused = put(NIGHTLY, body);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.status()).isEqualTo(status);
        assertThat(http.get(NIGHTLY).status()).isEqualTo(404);
    }

    @Test
    void aChangeSaysWhetherItIsPausedAndNothingElse() throws Exception {
        put(NIGHTLY, "{\"cron\": \"@daily\", \"task\": \"count\", \"input\": 1}");
        assertThat(http.send("PATCH", NIGHTLY, "{}", JSON).code()).isEqualTo("field_invalid");
        assertThat(http.send("PATCH", NIGHTLY, "{\"cron\": \"@hourly\"}", JSON).code())
                .isEqualTo("field_unknown");
    }
}
