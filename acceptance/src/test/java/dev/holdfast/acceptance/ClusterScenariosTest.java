package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Line;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localnats.LocalServer;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/**
 * What becomes of streams and conversations on three nodes, PostgreSQL and NATS when something happens to one of them: all of it
 * twice in a row on one cluster, so that nothing that one scenario leaves breaks the next one.
 */
@ProcessTest
@NeedsNats
@DisabledIfEnvironmentVariable(named = "OPENAI_BASE_URL", matches = ".+", disabledReason = "would ask that endpoint")
@DisabledIfEnvironmentVariable(named = "OPENAI_API_KEY", matches = ".+", disabledReason = "would spend that key")
class ClusterScenariosTest {
    private static final int PASSES = 2;

    @RegisterExtension
    final Stage stage = new Stage();

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : open.reversed()) each.close();
    }

    @TestFactory
    Stream<DynamicContainer> twice_in_a_row_on_one_cluster() throws Exception {
        var trio = new Trio(stage);
        open.add(trio);
        return IntStream.rangeClosed(1, PASSES)
                .mapToObj(number -> DynamicContainer.dynamicContainer("pass " + number, new Pass(number, trio).all()));
    }

    /** All scenarios, one after the other, while somebody talks. */
    private final class Pass {
        private final int number;
        private final Trio trio;
        private final List<Talkers> talkers = new ArrayList<>();

        Pass(int number, Trio trio) {
            this.number = number;
            this.trio = trio;
        }

        Stream<DynamicTest> all() {
            return Stream.of(
                    scenario("every node is ready, and asks for a key that is good at each", this::keys),
                    scenario("who attaches to any node sees all of it", this::attach),
                    scenario("somebody begins to talk", this::talk),
                    scenario("the node that sends is killed", this::kill),
                    scenario("the node that sends is told to end", this::terminate),
                    scenario("the node that sends is frozen, and comes back", this::freeze),
                    scenario("the server of NATS that leads is killed", this::killLeader),
                    scenario("NATS is down", this::silence),
                    scenario("every message had its turn, in order", this::listen));
        }

        private void talk() {
            var begun = Talkers.begin(trio, "pass-" + number);
            talkers.add(begun);
            open.add(begun);
        }

        private void listen() throws Exception {
            assertThat(talkers.getFirst().assertInOrder()).as("turns").isGreaterThan(5);
        }

        private void keys() throws Exception {
            trio.awaitReady();
            String key = trio.makeKey("visitor-" + number);
            for (int i = 0; i < Trio.NODES; i++) {
                assertThat(trio.keyless(i).get("/v1/runs").status())
                        .as("without a key")
                        .isEqualTo(401);
                int at = i;
                await("the new key is good at node " + i)
                        .atMost(Stage.PATIENCE)
                        .until(() -> trio.api(at, key).get("/v1/runs").status() == 200);
            }
            trio.revoke(key);
            for (int i = 0; i < Trio.NODES; i++) {
                int at = i;
                await("it is good at node " + i + " no more")
                        .atMost(Stage.PATIENCE)
                        .until(() -> trio.api(at, key).get("/v1/runs").status() == 401);
            }
        }

        private void attach() throws Exception {
            var recited = Recited.begin(trio, "PARALLEL");
            recited.awaitShown(1);
            var stepwise = Recited.begin(trio, "STEPS");
            assertThat(stepwise.assertWhole()).extracting(Line::epoch).containsOnly(1L);
            await("the other one has ended").atMost(Stage.PATIENCE).until(recited::hasEnded);
        }

        /** Two lines of a step that is not recorded are shown by then. @return the number of the node that sends */
        private int awaitMoment(Recited recited) {
            return trio.of(recited.awaitShown(Recited.LINES + 2));
        }

        private void kill() throws Exception {
            var recited = Recited.begin(trio, "STEPS");
            int sender = awaitMoment(recited);
            long pid = trio.node(sender).pid();
            trio.node(sender).kill();
            assertTakenOver(recited.assertWhole(), pid);
            trio.succeed(sender);
        }

        private void terminate() throws Exception {
            var recited = Recited.begin(trio, "BETWEEN");
            int sender = awaitMoment(recited);
            ServerProcess node = trio.node(sender);
            node.terminate();
            assertTakenOver(recited.assertWhole(), node.pid());
            assertThat(node.awaitExit(Stage.PATIENCE)).isEqualTo(ServerProcess.TERMINATED);
            trio.succeed(sender);
        }

        private static void assertTakenOver(List<Line> lines, long pid) {
            assertThat(lines).as("it was hit while it sent").anyMatch(line -> line.pid() != pid);
            assertThat(lines).as("it had sent").anyMatch(line -> line.pid() == pid);
        }

        private void freeze() throws Exception {
            var recited = Recited.begin(trio, "STEPS");
            int sender = awaitMoment(recited);
            ServerProcess node = trio.node(sender);
            node.signal("STOP");
            // Until then it could send.
            long stopped = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            try {
                recited.awaitSentByAnother(node.pid());
            } finally {
                node.signal("CONT");
            }
            var lines = recited.assertWhole();
            assertTakenOver(lines, node.pid());
            assertThat(lines)
                    .as("what it sends when it comes back is shown to nobody")
                    .noneMatch(line -> line.pid() == node.pid() && line.epoch() == 1 && line.micros() > stopped);
            trio.awaitBack(sender);
            trio.awaitReady();
        }

        private void killLeader() throws Exception {
            var recited = Recited.begin(trio, "STEPS");
            awaitMoment(recited);
            LocalServer leader = trio.nats().leader("holdfast-");
            leader.kill();
            assertThat(recited.assertWhole()).extracting(Line::epoch).containsOnly(1L);
            leader.start();
        }

        private void silence() throws Exception {
            var recited = Recited.begin(trio, "STEPS");
            awaitMoment(recited);
            trio.nats().servers().forEach(LocalServer::kill);
            for (int i = 0; i < Trio.NODES; i++) {
                int at = i;
                await("node " + i + " says that NATS is away")
                        .atMost(Stage.PATIENCE)
                        .pollInterval(Duration.ofMillis(50))
                        .ignoreExceptionsInstanceOf(IOException.class)
                        .untilAsserted(() -> {
                            var answer = trio.readiness(at);
                            assertThat(answer.status()).isEqualTo(503);
                            assertThat(answer.body()).contains("nats_away");
                        });
            }
            assertThat(trio.any().get("/v1/runs").status())
                    .as("what needs no stream is served")
                    .isEqualTo(200);
            // All that it has to do takes four seconds, of which one is over.
            await("the time in which it would have ended is over")
                    .pollDelay(Duration.ofMillis(4_500))
                    .atMost(Stage.PATIENCE)
                    .until(() -> !recited.hasEnded());
            trio.nats().servers().forEach(LocalServer::start);
            assertThat(recited.assertWhole()).extracting(Line::epoch).containsOnly(1L);
            trio.awaitReady();
        }
    }

    private static DynamicTest scenario(String name, Executable what) {
        return DynamicTest.dynamicTest(name, what);
    }
}
