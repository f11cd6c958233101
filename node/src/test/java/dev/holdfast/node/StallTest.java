package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Unavailable;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
