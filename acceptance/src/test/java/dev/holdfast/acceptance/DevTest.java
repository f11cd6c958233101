package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localpg.Ports;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code holdfast dev} as a process: how it starts, stops, and refuses to start. */
@ProcessTest
class DevTest {
    @RegisterExtension
    final Stage stage = new Stage(Store.SQLITE);

    @Test
    void starts_again_on_what_it_left(TestReporter reporter) throws Exception {
        var first = stage.serve();
        String run = stage.api().start("noop", "null");
        stage.api().awaitEnd(run);
        assertThat(first.interrupt(Stage.PATIENCE)).isIn(0, 130, ServerProcess.TERMINATED);

        var second = stage.serve();

        // How quick the launcher makes it is the launcher's test; here the machine may be busy with other tests.
        long millis = Duration.between(second.startedAt(), second.readyAt()).toMillis();
        reporter.publishEntry("second start", millis + " ms");
        assertThat(stage.api().show(run).path("outcome").asString()).isEqualTo("SUCCEEDED");
    }

    @Test
    void ctrl_c_stops_cleanly_and_frees_the_folder_and_the_port() throws Exception {
        var server = stage.serve();
        String run = stage.api().start("wordcount", wordcount(50, 200));
        stage.api().awaitRun(run, "runs", r -> r.path("steps").size() > 2);

        int code = server.interrupt(Duration.ofSeconds(15));

        assertThat(code).as("the exit code of a stop by Ctrl-C").isIn(0, 130, ServerProcess.TERMINATED);
        assertThat(Files.readString(stage.folder().resolve("server.log"))).doesNotContain("\tat ");
        stage.serve();
        assertThat(stage.api().awaitEnd(run).path("outcome").asString()).isEqualTo("SUCCEEDED");
    }

    @Test
    void without_nats_nothing_of_it_is_loaded() throws Exception {
        Path loaded = stage.folder().resolve("loaded");
        stage.serveWith(StartCache.NONE, "-Xlog:class+load:file=" + loaded);
        stage.api().awaitEnd(stage.api().start("wordcount", wordcount(2, 1)));

        assertThat(Files.readString(loaded))
                .contains("dev.holdfast.engine.StreamWriter ")
                .doesNotContain("io.nats.", "dev.holdfast.nats.");
    }

    @Test
    void tells_programs_in_json_when_it_serves() throws Exception {
        var dev = stage.cli()
                .start("dev", "--json", "--data", stage.data().toString(), "--port", Integer.toString(stage.port()));

        await("it is ready").atMost(Stage.PATIENCE).until(() -> dev.soFar().endsWith("\n"));

        assertThat(dev.soFar()).isEqualToIgnoringNewLines("{\"ready\":\"http://127.0.0.1:" + stage.port() + "\"}");
        stage.api().awaitEnd(stage.api().start("noop", "null"));
    }

    @Test
    void a_second_process_on_the_folder_is_refused() throws Exception {
        var first = stage.serve();
        int other = Ports.free();

        var second = stage.cli().run("dev", "--data", stage.data().toString(), "--port", Integer.toString(other));

        assertThat(second.code()).isNotZero();
        second.tells("data_folder_in_use", stage.data().toString(), Long.toString(first.pid()));
        stage.api().awaitEnd(stage.api().start("noop", "null"));
    }

    @Test
    void a_killed_process_leaves_no_lock() throws Exception {
        stage.serve().kill();
        stage.serve();
        stage.api().awaitEnd(stage.api().start("noop", "null"));
    }

    @Test
    void a_port_in_use_is_named() throws Exception {
        stage.serve();

        var second = stage.cli()
                .run("dev", "--data", stage.folder().resolve("other").toString(), "--port", "" + stage.port());

        assertThat(second.code()).isNotZero();
        second.tells("port_in_use", Integer.toString(stage.port()));
        stage.api().awaitEnd(stage.api().start("noop", "null"));
    }

    @Test
    void a_corrupt_database_is_named_and_left_alone() throws Exception {
        stage.serve().interrupt(Stage.PATIENCE);
        Path database = stage.data().resolve("holdfast.db");
        Path copy = Files.copy(database, stage.folder().resolve("copy.db"), StandardCopyOption.REPLACE_EXISTING);
        byte[] garbage =
                "this is not a database, and never was one. ".repeat(2_000).getBytes(StandardCharsets.UTF_8);
        Files.write(database, garbage);

        var refused = stage.cli().run("dev", "--data", stage.data().toString(), "--port", "" + stage.port());

        assertThat(refused.code()).isNotZero();
        refused.tells("database_corrupt", database.toString());
        assertThat(Files.readAllBytes(database))
                .as("evidence is not overwritten")
                .isEqualTo(garbage);
        Files.copy(copy, database, StandardCopyOption.REPLACE_EXISTING);
        stage.serve();
    }

    @Test
    void a_file_where_the_folder_should_be_is_named() throws Exception {
        Path file = Files.writeString(stage.folder().resolve("file"), "not a folder");

        var refused = stage.cli().run("dev", "--data", file.toString(), "--port", "" + stage.port());

        assertThat(refused.code()).isNotZero();
        refused.tells("data_folder_not_writable", file.toString());
    }

    @Test
    void a_read_only_folder_is_named() throws Exception {
        try (var mount = Mount.of(stage.folder().resolve("small"), 8)) {
            mount.readOnly();

            var refused = stage.cli().run("dev", "--data", mount.folder().toString(), "--port", "" + stage.port());

            assertThat(refused.code()).isNotZero();
            refused.tells("data_folder_not_writable", mount.folder().toString());
        }
    }

    private String wordcount(int files, int delayMs) throws IOException {
        return Inputs.wordcount(Inputs.tree(stage.folder().resolve("tree"), files), delayMs);
    }
}
