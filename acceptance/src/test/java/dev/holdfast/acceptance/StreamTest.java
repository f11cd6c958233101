package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.History;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.drills.WatchAccount;
import dev.holdfast.drills.Watcher;
import dev.holdfast.testkit.ProcessTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who watched the crash and who comes later end with the same text. */
@ProcessTest
@ParameterizedClass
@EnumSource(Store.class)
class StreamTest {
    @RegisterExtension
    final Stage stage;

    StreamTest(Store store) {
        stage = new Stage(store);
    }

    /** A step sends half of its text and is killed; it sends all of it again; between steps something is sent, too. */
    @Test
    void sends_between_steps_and_in_a_step_that_is_killed() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        String run = stage.api().start("letter", "6");
        var early = Watcher.attach("early", stage.api().bare(), run);
        await("half of a paragraph").atMost(Stage.PATIENCE).until(() -> {
            var text = early.soFar().text();
            return text.contains("paragraph 2") && !text.endsWith("over\n");
        });
        server.kill();
        stage.host(Host.Edition.FIRST);

        stage.api().awaitEnd(run);
        var seen = early.account(Stage.PATIENCE);
        assertSameStory(run, seen);
        assertThat(stamps(seen.text())).isEqualTo(Host.letter(6));
        // Told apart by content: what stands of a paragraph is of one epoch, and there is more than one.
        assertThat(seen.standing().stream()
                        .map(WatchAccount.Seen::epoch)
                        .distinct()
                        .count())
                .isGreaterThan(1);
        assertThat(seen.rewinds()).isPositive();
    }

    /** The attempt after the crash sends nothing: what was half sent before must go all the same. */
    @Test
    void the_attempt_after_the_crash_sends_nothing() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        String run = stage.api().start("whisper", "null");
        var early = Watcher.attach("early", stage.api().bare(), run);
        await("the half sentence")
                .atMost(Stage.PATIENCE)
                .until(() -> early.soFar().text().contains("half"));
        server.kill();
        stage.host(Host.Edition.FIRST);

        stage.api().awaitEnd(run);
        var seen = early.account(Stage.PATIENCE);
        assertSameStory(run, seen);
        assertThat(seen.text()).isEqualTo("before\n");
    }

    /** Nobody who holds the run ends it: what was half sent is taken back by the end itself. */
    @Test
    void cancelled_after_the_crash() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        String run = stage.api().start("whisper", "null");
        var early = Watcher.attach("early", stage.api().bare(), run);
        await("the half sentence")
                .atMost(Stage.PATIENCE)
                .until(() -> early.soFar().text().contains("half"));
        server.kill();
        stage.host(Host.Edition.RENAMED);
        stage.api().post("/v1/runs/" + run + "/cancel", "");

        stage.api().awaitEnd(run);
        var seen = early.account(Stage.PATIENCE);
        assertSameStory(run, seen);
        assertThat(seen.text()).doesNotContain("half");
    }

    private void assertSameStory(String run, WatchAccount early) throws Exception {
        var late = Frames.now("late", stage.api(), run);
        var followed = stage.cli().run("follow", run, "--json").out();
        var history = new History();
        history.run(stage.api().account(run));
        history.watched(early);
        history.watched(late);
        history.watched(Frames.account("command line's", run, followed));
        assertThat(history.violations()).isEmpty();
        assertThat(late.rewinds()).as("rewinds that a late watcher is told").isZero();
    }

    private static String stamps(String text) {
        return text.replaceAll("\\(epoch \\d+\\)", "(epoch)");
    }
}
