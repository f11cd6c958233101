package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.History;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.drills.Tree;
import dev.holdfast.drills.WatchAccount;
import dev.holdfast.drills.Watcher;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A run whose process is killed in the middle ends by itself, as if nothing had happened. */
@ProcessTest
@ParameterizedClass
@EnumSource(Store.class)
class KillTest {
    @RegisterExtension
    final Stage stage;

    KillTest(Store store) {
        stage = new Stage(store);
    }

    /** The documentation of this repository, as anybody who tries it out would do. */
    @Test
    void kill_9_while_the_documentation_is_counted() throws Exception {
        var server = stage.serve();
        Path docs = Path.of("..", "docs").toRealPath();
        String run = stage.cli()
                .run("run", "wordcount", "--input", Inputs.wordcount(docs, 200), "--json")
                .ok()
                .json()
                .path("id")
                .asString();
        var attached = stage.cli().start("follow", run, "--json");
        await("a follow that has seen two files")
                .atMost(Stage.PATIENCE)
                .until(() -> Frames.account("attached", run, whole(attached.soFar()))
                                .standing()
                                .size()
                        >= 2);

        server.kill();
        stage.serve();

        JsonNode ended = stage.api().awaitEnd(run);
        assertThat(ended.path("outcome").asString()).isEqualTo("SUCCEEDED");
        var history = history(run, docs);
        history.watched(Frames.account("attached", run, attached.await().ok().out()));
        history.watched(Frames.account(
                "late", run, stage.cli().run("follow", run, "--json").ok().out()));
        assertThat(history.violations()).isEmpty();
        assertThat(stage.api().account(run).epochsOfSteps()).isEqualTo(2);
        assertThat(ended.path("output")).isEqualTo(undisturbed(docs));
    }

    @Test
    void two_thousand_files_and_five_kills() throws Exception {
        stage.onlyOn(Store.SQLITE);
        ServerProcess server = stage.serve();
        Path tree = Inputs.tree(stage.folder().resolve("tree"), 2_000);
        String run = stage.api().start("wordcount", Inputs.wordcount(tree, 3));
        var attached = stage.cli().start("follow", run, "--json");
        var watcher = Watcher.attach("watching", stage.api().bare(), run);

        for (int kill = 1; kill <= 5; kill++) {
            int enough = kill * 300;
            await("the watcher has seen " + enough + " files")
                    .atMost(Stage.PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> watcher.soFar().standing().size() >= enough);
            server.kill();
            server = stage.serve();
        }

        JsonNode ended = stage.api().awaitEnd(run);
        var history = history(run, tree);
        WatchAccount watched = watcher.account(Stage.PATIENCE);
        history.watched(watched);
        history.watched(Frames.account("attached", run, attached.await().ok().out()));
        history.watched(Frames.now("late", stage.api(), run));
        assertThat(history.violations()).isEmpty();
        assertThat(watched.standing()).hasSize(2_000);
        assertThat(stage.api().account(run).steps()).hasSize(2_001);
        assertThat(stage.api().account(run).epochsOfSteps()).isEqualTo(6);
        assertThat(ended.path("output")).isEqualTo(undisturbed(tree));
    }

    /** Recovery is killed before it can have done much: what is left is recovered by the next process. */
    @Test
    void kill_9_while_it_recovers() throws Exception {
        ServerProcess server = stage.serve();
        Path tree = Inputs.tree(stage.folder().resolve("tree"), 40);
        String run = stage.api().start("wordcount", Inputs.wordcount(tree, 50));
        stage.api().awaitRun(run, "has steps", r -> r.path("steps").size() > 3);
        for (int millis = 100; millis <= 700; millis += 150) {
            server.kill();
            server = stage.begin();
            awaitAge(server, millis);
        }
        server.kill();
        stage.serve();

        stage.api().awaitEnd(run);
        var history = history(run, tree);
        history.watched(Frames.now("late", stage.api(), run));
        assertThat(history.violations()).isEmpty();
    }

    private static void awaitAge(ServerProcess server, int millis) {
        await("the process is " + millis + " ms old")
                .pollInterval(Duration.ofMillis(5))
                .pollDelay(Duration.ZERO)
                .until(() -> Instant.now().isAfter(server.startedAt().plusMillis(millis)));
    }

    private History history(String run, Path folder) throws IOException {
        var history = new History();
        history.acknowledged(run, "wordcount", null);
        history.run(stage.api().account(run));
        history.expected(run, Tree.counted(folder, ".md"));
        return history;
    }

    /** What a run says that nobody killed. */
    private JsonNode undisturbed(Path folder) throws IOException {
        String run = stage.api().start("wordcount", Inputs.wordcount(folder, 0));
        return stage.api().awaitEnd(run).path("output");
    }

    /** Without a line that is still being written. */
    private static String whole(String printed) {
        return printed.substring(0, printed.lastIndexOf('\n') + 1);
    }
}
