package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** A database that does not answer for longer than a node goes on without an answer, and then fails once more. */
@ProcessTest
final class StallTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String DATABASE = "mine";
    private static final CountDownLatch NEVER = new CountDownLatch(1);
    /** It does not end before it has been stopped once. */
    private static final dev.holdfast.sdk.Handler<String, String> HELD = Task.named("held", String.class, String.class)
            .handle((ctx, input) -> {
                ctx.step("held", s -> {
                    if (s.epoch() == 1) NEVER.await();
                });
                return input;
            });

    /** What is broken while the database stands still, and mended when the node has said so. */
    private record Trouble(String breaks, String said, String mends) {}

    @Test
    void whatFailsWhileANodeComesBackCostsItNeitherItsNumberNorARun() throws InterruptedException {
        var trouble = new Trouble(
                "ALTER TABLE holdfast.runs RENAME TO nothing",
                "cannot join yet",
                "ALTER TABLE holdfast.nothing RENAME TO runs");
        stall(trouble, (number, node) -> {
            assertThat(node.ring().own()).isEqualTo(number);
            assertThat(node.ring().takeovers()).isEmpty();
        });
    }

    /** A state that no code can read. */
    @Test
    void whoFailsInAnUnforeseenWayWhenItComesBackComesBackAsSomebodyElse() throws InterruptedException {
        var trouble = new Trouble(
                "UPDATE holdfast.runs SET state = 'NONE'",
                "failed when it joined",
                "UPDATE holdfast.runs SET state = 'RUNNING'");
        stall(trouble, (number, node) -> assertThat(node.ring().own()).isGreaterThan(number));
    }

    private static void stall(Trouble trouble, BiConsumer<Long, Holdfast> then) throws InterruptedException {
        try (var server = LocalPostgres.temporary(Settings.standard());
                var said = new Said()) {
            server.createDatabase(DATABASE);
            var at = ClusterOptions.at(server.url(DATABASE).toString());
            try (var node = Holdfast.cluster(at, NodeOptions.defaults(), List.of(HELD))) {
                long number = node.ring().own();
                var run = node.start(HELD.task(), "r");
                await("it executes it").atMost(LONG).until(() -> node.executing() > 0);
                server.query(DATABASE, trouble.breaks());
                server.pause();
                await("it has stopped what it executed").atMost(LONG).until(() -> node.executing() == 0);
                server.resume();
                await("it has tried to come back").atMost(LONG).until(() -> said.has(trouble.said()));
                server.query(DATABASE, trouble.mends());
                await("it serves again").atMost(LONG).until(() -> State.serves(node));

                assertThat(run.join()).isEqualTo("r");
                then.accept(number, node);
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
            try (var node = Holdfast.cluster(at, NodeOptions.defaults(), List.of(HELD, deaf))) {
                node.start(deaf.task(), "d");
                inside.await();
                var run = node.start(HELD.task(), "r");
                await("it executes both").atMost(LONG).until(() -> node.executing() == 2);
                server.pause();
                await("one has left").atMost(LONG).until(() -> node.executing() == 1);
                server.resume();
                try (var other = Holdfast.cluster(at, NodeOptions.defaults(), List.of(HELD))) {
                    assertThat(other.run(run.id(), HELD.task()).join(LONG)).contains("r");
                    assertThat(server.query(
                                    DATABASE, "SELECT DISTINCT cause FROM holdfast.snapshots WHERE cause LIKE 'lost%'"))
                            .as("nobody is blamed, and what is executed is left alone")
                            .singleElement()
                            .satisfies(row -> assertThat(row.getFirst()).endsWith("not counted"));
                } finally {
                    leaves.countDown();
                }
            }
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
