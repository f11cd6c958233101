package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.drills.WatchAccount;
import dev.holdfast.drills.Watcher;
import dev.holdfast.testkit.ProcessTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever watches from the beginning through every kill ends with the text of whoever comes when all is over. */
@ProcessTest
class WeaveTest {
    private static final int KILLS = 100;
    private static final int ROUNDS = 12;
    private static final int AT_ONCE = 3;

    @RegisterExtension
    final Stage stage = new Stage();

    private final List<Watcher> early = new ArrayList<>();
    private final List<String> runs = new ArrayList<>();

    @Test
    void steps_side_by_side_sends_between_them_retries_and_waits_through_a_hundred_kills() throws Exception {
        var random = new Random(4);
        ServerProcess server = stage.host(Host.Edition.FIRST);
        for (int kill = 1; kill <= KILLS; kill++) {
            while (live().size() < AT_ONCE) begin();
            awaitProgress();
            Thread.sleep(random.nextInt(100));
            server.kill();
            server = stage.host(Host.Edition.FIRST);
        }
        long rewinds = 0;
        for (int i = 0; i < runs.size(); i++) {
            String run = runs.get(i);
            assertThat(stage.api().awaitEnd(run).path("outcome").asString()).isEqualTo("SUCCEEDED");
            WatchAccount watched = early.get(i).account(Stage.PATIENCE);
            WatchAccount late = Frames.now("late", stage.api(), run);
            assertThat(Weave.violations(watched.text(), ROUNDS)).isEmpty();
            assertThat(late.text()).isEqualTo(watched.text());
            assertThat(late.rewinds()).isZero();
            rewinds += watched.rewinds();
        }
        // Each round has two retries that take something back; what a kill takes back is beyond them.
        assertThat(rewinds).isGreaterThan(2L * ROUNDS * runs.size());
    }

    private List<String> live() {
        var live = new ArrayList<String>();
        for (int i = 0; i < runs.size(); i++) if (!early.get(i).soFar().done()) live.add(runs.get(i));
        return live;
    }

    /** Whoever is killed again and again before it has recorded anything is taken for the reason. */
    private void awaitProgress() throws Exception {
        for (String run : live()) {
            int before = stage.api().show(run).path("steps").size();
            stage.api()
                    .awaitRun(
                            run,
                            "has recorded something",
                            r -> r.path("steps").size() > before
                                    || r.path("state").asString().equals("FINISHED"));
        }
    }

    private void begin() throws Exception {
        String run = stage.api().start("weave", Integer.toString(ROUNDS));
        runs.add(run);
        early.add(Watcher.attach("early", stage.api().bare(), run));
    }
}
