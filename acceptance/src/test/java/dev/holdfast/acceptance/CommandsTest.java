package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands of people and scripts, against a real server. */
@ProcessTest
class CommandsTest {
    private static final int FILES = 6;

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void run_prints_the_id_and_show_tells_all() throws Exception {
        stage.serve();
        String id = stage.cli()
                .run("run", "wordcount", "--input", input(), "--json")
                .ok()
                .json()
                .path("id")
                .asString();
        assertThat(id).startsWith("run_");
        stage.api().awaitEnd(id);

        JsonNode run = stage.cli().run("show", id, "--json").ok().json();

        assertThat(run.propertyNames())
                .contains(
                        "id",
                        "task",
                        "state",
                        "outcome",
                        "attempt",
                        "epoch",
                        "input",
                        "output",
                        "error",
                        "snapshots",
                        "steps");
        assertThat(run.path("snapshots").get(0).propertyNames()).contains("seq", "state", "epoch", "at", "cause");
        assertThat(run.path("steps").get(0).propertyNames()).contains("key", "name", "epoch", "status");
        assertThat(run.path("steps").size()).isEqualTo(FILES + 1);
        assertThat(run.path("output").path("files").asInt()).isEqualTo(FILES);
        assertThat(run.path("state").asString()).isEqualTo("FINISHED");
        assertThat(run.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(run.path("error").isNull()).isTrue();
        assertThat(stage.cli().run("show", id).ok().out()).contains(id, "SUCCEEDED", "wordcount");
    }

    @Test
    void run_wait_prints_the_result() throws Exception {
        stage.serve();

        var waited = stage.cli()
                .run("run", "wordcount", "--input", input(), "--wait")
                .ok();

        assertThat(waited.out()).contains("\"files\"", Integer.toString(FILES));
    }

    @Test
    void run_follow_prints_the_chunks_and_then_the_result() throws Exception {
        stage.serve();

        String out = stage.cli()
                .run("run", "wordcount", "--input", input(), "--follow")
                .ok()
                .out();

        assertThat(out.lines().filter(l -> l.matches("part-00/leaf-000\\d\\.md \\d+ words")))
                .hasSize(FILES);
        assertThat(out.indexOf("words\n")).isLessThan(out.indexOf("\"files\""));
    }

    @Test
    void run_wait_says_by_its_exit_code_that_the_run_did_not_succeed() throws Exception {
        stage.serve();

        var failed = stage.cli().run("run", "wordcount", "--input", "{\"path\":\"/no/such/folder\"}", "--wait");

        failed.code(1);
        assertThat(failed.out() + failed.err()).contains("/no/such/folder");
    }

    @Test
    void the_same_request_and_the_same_key_are_the_same_run() throws Exception {
        stage.serve();
        String first = id("run", "noop", "--key", "k1", "--request-id", "r1", "--json");

        assertThat(id("run", "noop", "--key", "k1", "--request-id", "r1", "--json"))
                .isEqualTo(first);
        assertThat(id("run", "noop", "--key", "k1", "--json")).isEqualTo(first);
        assertThat(id("run", "noop", "--key", "k2", "--json")).isNotEqualTo(first);
    }

    private String id(String... command) throws Exception {
        return stage.cli().run(command).ok().json().path("id").asString();
    }

    @Test
    void follow_prints_frames() throws Exception {
        stage.serve();
        String id = stage.api().start("wordcount", input());

        var followed = stage.cli().run("follow", id, "--json").ok();

        for (String line : followed.out().lines().toList()) {
            JsonNode frame = new JsonMapper().readTree(line);
            assertThat(frame.propertyNames()).contains("event", "id", "epoch", "step", "data");
            assertThat(frame.path("id").asString()).startsWith(id + ".");
        }
        var account = Frames.account("late", id, followed.out());
        assertThat(account.done()).isTrue();
        assertThat(account.standing()).hasSize(FILES);
        assertThat(account.text())
                .isEqualTo(Frames.now("later", stage.api(), id).text());
        // From the middle on, what comes is the rest and nothing else.
        var middle = account.frames().get(account.frames().size() / 2);
        var rest =
                stage.cli().run("follow", id, "--from", middle.id(), "--json").ok();
        assertThat(rest.out())
                .isEqualTo(String.join(
                        "",
                        followed.out()
                                .lines()
                                .skip(account.frames().indexOf(middle) + 1L)
                                .map(l -> l + "\n")
                                .toList()));
    }

    @Test
    void the_rest_of_the_commands() throws Exception {
        stage.serve();
        String done = stage.api().start("noop", "null");
        String later = stage.api().start("noop", "null", "\"delay\":\"1h\"");
        stage.api().awaitEnd(done);

        assertThat(stage.cli().run("runs", "--json").ok().out()).contains(done, later);
        assertThat(stage.cli()
                        .run("explain", later, "--json")
                        .ok()
                        .json()
                        .path("sentence")
                        .asString())
                .isNotBlank();
        assertThat(stage.cli().run("explain", done).ok().out()).isNotBlank();
        stage.cli().run("delete", later).code(3).tells("run_not_finished");
        stage.cli().run("cancel", later).ok();
        assertThat(stage.api().awaitEnd(later).path("outcome").asString()).isEqualTo("CANCELLED");
        stage.cli().run("delete", later).ok();
        stage.cli().run("show", later).code(3).tells("run_unknown", later);
        stage.cli().run("doctor", "--data", stage.data().toString(), "--json").ok();
    }

    @Test
    void what_cannot_be_done_is_said_in_a_line_with_a_stable_code() throws Exception {
        stage.serve();
        stage.cli().run("run", "nosuch").code(3).tells("task_unknown", "nosuch");
        stage.cli().run("run", "wordcount", "--input", "{\"path\":7}").code(3).tells("input_invalid", "path");
        stage.cli().run("run", "noop", "--input", "{oops").tells("json");
        stage.cli().run("show", "run_00000000000000000000000000").code(3).tells("run_unknown");
        stage.cli().run("show", "nonsense").code(3).tells("run_id_malformed");
        stage.cli().run("run").code(2);
        stage.cli().run("run", "noop", "--no-such-option").code(2);
    }

    @Test
    void a_server_that_is_not_there_is_said() throws Exception {
        stage.cli().run("show", "run_00000000000000000000000000").code(4).tells(Integer.toString(stage.port()));
    }

    private String input() {
        Path tree = Inputs.tree(stage.folder().resolve("tree"), FILES);
        return Inputs.wordcount(tree, 20);
    }
}
