package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A node that is cut off from the server without a word, in a network of its own that is taken away. */
class CutTest {
    private static final String[] APART = {"unshare", "--user", "--map-root-user", "--net"};

    @Test
    @ProcessTest
    void whoIsCutOffHasStoppedBeforeTheServerEndsItsSessions() throws IOException, InterruptedException {
        Assumptions.assumeTrue(succeeds("sh", "-c", "ip link set lo up"), "no network of our own can be made here");
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        command(System.getProperty("java.home") + "/bin/java", "-cp", classes, Main.class.getName()))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        System.out.println(said);
        String[] words = said.lines()
                .filter(line -> line.startsWith("cut "))
                .findFirst()
                .orElseThrow()
                .split(" ", -1);
        long halted = Long.parseLong(words[1]);
        long ended = Long.parseLong(words[2]);
        assertThat(halted).as("everything has stopped, in ms").isBetween(3_500L, 5_000L);
        assertThat(ended).as("the server has ended its session, in ms").isBetween(5_000L, 9_000L);
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command(command))
                        .redirectErrorStream(true)
                        .start()
                        .waitFor()
                == 0;
    }

    private static String[] command(String... command) {
        String[] all = new String[APART.length + command.length];
        System.arraycopy(APART, 0, all, 0, APART.length);
        System.arraycopy(command, 0, all, APART.length, command.length);
        return all;
    }

    /** The server and the node are alone in this network: when it is gone, they do not see each other. */
    static final class Main {
        private Main() {}

        public static void main(String[] args) throws Exception {
            network("up");
            try (var town = Town.apart()) {
                var one = town.join();
                long hold = Long.parseLong(
                        String.valueOf(town.ask("SELECT pid FROM pg_locks WHERE granted AND locktype = 'advisory'")));
                long cut = System.nanoTime();
                network("down");
                one.ear().until("overdue", Duration.ofSeconds(20));
                long halted = one.ear().when("overdue");
                await("the server has ended the session")
                        .pollInterval(Duration.ofMillis(10))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> !Files.exists(Path.of("/proc/" + hold)));
                long ended = System.nanoTime();
                System.out.println("cut " + (halted - cut) / 1_000_000 + " " + (ended - cut) / 1_000_000);
                network("up");
                one.ear().until("dead", Duration.ofSeconds(60));
                town.untilAlive(town.join().number());
                System.exit(0);
            }
        }

        private static void network(String state) throws IOException, InterruptedException {
            new ProcessBuilder("ip", "link", "set", "lo", state)
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }
}
