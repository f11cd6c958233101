package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a replica: what it shows may be behind, what it does is not. */
@ProcessTest
final class ReplicaTest {
    private static final Namespace HOME = Namespace.DEFAULT;

    @TempDir
    Path folder;

    @Test
    void whatIsShownComesOfTheReplicaAndWhatIsDoneDoesNot() throws InterruptedException {
        try (var primary = LocalPostgres.start(folder.resolve("primary"), Settings.standard())) {
            primary.createDatabase("mine");
            try (var standby = primary.standby(folder.resolve("standby"))) {
                String url = primary.url("mine").toString();
                var options = ClusterOptions.at(url);
                assertThat(refused(options.replica(url)).code()).isEqualTo("replica_is_primary");

                var at = options.replica(standby.server().url("mine").toString());
                standby.awaitReplay();
                try (var holdfast = open(at)) {
                    standby.awaitReplay();
                    standby.pauseReplay();
                    RunHandle<String> run = holdfast.start(ClusterProgram.WORK, "r");
                    assertThat(run.join()).isEqualTo("r");
                    long seq =
                            holdfast.runs().show(HOME, run.id()).run().fence().seq();
                    assertThat(seq).isGreaterThan(2);
                    assertThat(holdfast.runs().list(HOME, RunFilter.ALL, null, 9))
                            .as("of the replica")
                            .isEmpty();
                    assertThat(holdfast.runs().snapshots(HOME, run.id(), 1, seq).snapshots())
                            .as("of the primary")
                            .extracting(Snapshot::seq)
                            .endsWith(seq);
                    assertThat(refused(() -> holdfast.runs().snapshots(HOME, run.id(), seq + 1, 0)))
                            .isEqualTo("cursor_unknown");
                    assertThat(refused(() -> holdfast.runs().snapshots(new Namespace("other"), run.id(), 1, 0)))
                            .isEqualTo("cursor_unknown");

                    standby.resumeReplay();
                    await("the replica has caught up")
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> holdfast.runs()
                                            .list(HOME, RunFilter.ALL, null, 9)
                                            .size()
                                    == 1);

                    standby.server().stop();
                    assertThat(holdfast.start(ClusterProgram.WORK, "s").join()).isEqualTo("s");
                    var error = catchThrowableOfType(
                            Unavailable.class, () -> holdfast.runs().snapshots(HOME, run.id(), 1, 0));
                    assertThat(error.code()).isEqualTo("replica_unavailable");
                }
            }
        }
    }

    private static Holdfast open(ClusterOptions options) {
        return Holdfast.cluster(options, NodeOptions.defaults(), List.of(ClusterProgram.handler(line -> {})));
    }

    private static Refused refused(ClusterOptions options) {
        return catchThrowableOfType(Refused.class, () -> open(options).close());
    }

    private static String refused(Runnable asking) {
        return catchThrowableOfType(HoldfastException.class, asking::run).code();
    }
}
