package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Unavailable;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** A database that does not answer for longer than a node goes on without an answer, and then fails once more. */
final class StallTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String DATABASE = "mine";

    @Test
    void whatFailsWhileANodeComesBackCostsItNeitherItsNumberNorARun() throws InterruptedException {
        try (var server = LocalPostgres.temporary(Settings.standard());
                var said = new Said()) {
            server.createDatabase(DATABASE);
            var at = ClusterOptions.at(server.url(DATABASE).toString());
            try (var node = Holdfast.cluster(at, NodeOptions.defaults(), List.of(ClusterProgram.handler(line -> {})))) {
                long number = node.ring().own();
                var run = node.start(ClusterProgram.WORK, "r");
                await("it executes it").atMost(LONG).until(() -> node.executing() > 0);
                server.query(DATABASE, "ALTER TABLE holdfast.runs RENAME TO nothing");
                server.pause();
                await("it has stopped what it executed").atMost(LONG).until(() -> node.executing() == 0);
                server.resume();
                await("it has tried to come back").atMost(LONG).until(() -> said.has("cannot join yet"));
                server.query(DATABASE, "ALTER TABLE holdfast.nothing RENAME TO runs");
                await("it serves again").atMost(LONG).until(() -> serves(node));

                assertThat(node.ring().own()).isEqualTo(number);
                assertThat(run.join()).isEqualTo("r");
                assertThat(node.ring().takeovers()).isEmpty();
            }
        }
    }

    @Test
    void whoFailsInAnUnforeseenWayWhenItComesBackComesBackAsSomebodyElse() throws InterruptedException {
        try (var server = LocalPostgres.temporary(Settings.standard());
                var said = new Said()) {
            server.createDatabase(DATABASE);
            var at = ClusterOptions.at(server.url(DATABASE).toString());
            try (var node = Holdfast.cluster(at, NodeOptions.defaults(), List.of(ClusterProgram.handler(line -> {})))) {
                long number = node.ring().own();
                var run = node.start(ClusterProgram.WORK, "r");
                await("it executes it").atMost(LONG).until(() -> node.executing() > 0);
                // What no code can read.
                server.query(DATABASE, "UPDATE holdfast.runs SET state = 'NONE'");
                server.pause();
                await("it has stopped what it executed").atMost(LONG).until(() -> node.executing() == 0);
                server.resume();
                await("it has failed").atMost(LONG).until(() -> said.has("failed when it joined"));
                server.query(DATABASE, "UPDATE holdfast.runs SET state = 'RUNNING'");
                await("it serves again").atMost(LONG).until(() -> serves(node));

                assertThat(node.ring().own()).isGreaterThan(number);
                assertThat(run.join()).isEqualTo("r");
            }
        }
    }

    @Test
    void codeThatDoesNotLeaveKeepsNoOtherRunOfItsNode() throws InterruptedException {
        var inside = new CountDownLatch(1);
        var leaves = new CountDownLatch(1);
        var deaf = Task.named("deaf", String.class, String.class).handle((ctx, input) -> {
            inside.countDown();
            while (leaves.getCount() > 0) {
                try {
                    leaves.await();
                } catch (InterruptedException e) {
                    // Nobody tells it anything.
                }
            }
            return input;
        });
        try (var server = LocalPostgres.temporary(Settings.standard())) {
            server.createDatabase(DATABASE);
            var at = ClusterOptions.at(server.url(DATABASE).toString());
            var work = ClusterProgram.handler(line -> {});
            try (var node = Holdfast.cluster(at, NodeOptions.defaults(), List.of(work, deaf))) {
                node.start(deaf.task(), "d");
                inside.await();
                var run = node.start(ClusterProgram.WORK, "r");
                await("it executes both").atMost(LONG).until(() -> node.executing() == 2);
                server.pause();
                await("one has left").atMost(LONG).until(() -> node.executing() == 1);
                server.resume();
                try (var other = Holdfast.cluster(at, NodeOptions.defaults(), List.of(work))) {
                    assertThat(other.run(run.id(), ClusterProgram.WORK).join(LONG))
                            .contains("r");
                } finally {
                    leaves.countDown();
                }
            }
        }
    }

    private static boolean serves(Holdfast node) {
        try {
            node.demandOpen();
            return true;
        } catch (Unavailable e) {
            return false;
        }
    }

    /** What nodes say in their log. */
    private static final class Said extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger(ClusterNode.class.getName());
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Said() {
            logger.addHandler(this);
        }

        boolean has(String words) {
            return lines.stream().anyMatch(line -> line.contains(words));
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
