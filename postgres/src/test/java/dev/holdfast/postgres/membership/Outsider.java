package dev.holdfast.postgres.membership;

import static org.awaitility.Awaitility.await;

import dev.holdfast.postgres.session.Connections;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node in a process of its own, which joins again with a new number when it is dead, and can be killed or stopped. */
final class Outsider implements AutoCloseable {
    private final Process process;
    private final List<String> said = new CopyOnWriteArrayList<>();

    private Outsider(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::read);
    }

    static Outsider begin(String url, Times times) {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        try {
            return new Outsider(new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx64m",
                            "-cp",
                            classes,
                            Main.class.getName(),
                            url,
                            String.valueOf(times.sweep().toMillis()))
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(said::add);
        } catch (IOException | UncheckedIOException e) {
            said.add("gone");
        }
    }

    List<String> said() {
        return List.copyOf(said);
    }

    void until(String what) {
        await(what + " of " + process.pid() + " among " + said)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(40))
                .until(() -> said.stream().anyMatch(line -> line.startsWith(what)));
    }

    long pid() {
        return process.pid();
    }

    /** The last one it had. */
    long number() {
        return Long.parseLong(said.stream()
                .filter(line -> line.startsWith("joined "))
                .toList()
                .getLast()
                .substring("joined ".length()));
    }

    /** Also if it is not there any more. */
    void kill() {
        process.destroyForcibly();
    }

    void signal(String name) {
        Town.signal(name, process.pid());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** What runs in the process: a line for each thing that its listener is told. */
    static final class Main {
        private Main() {}

        public static void main(String[] args) throws InterruptedException {
            var connections = Connections.to(args[0]);
            var times = Times.USUAL.withSweep(Duration.ofMillis(Long.parseLong(args[1])));
            while (true) {
                var ear = new Ear();
                var membership = Membership.join(
                        new Membership.Table(connections, Town.PORTS, times), new Newcomer("outside", "", 1, 1), ear);
                System.out.println("joined " + membership.node().number());
                int printed = 0;
                boolean dead = false;
                while (!dead) {
                    Thread.sleep(5);
                    for (List<String> now = ear.heard(); printed < now.size(); printed++) {
                        System.out.println(now.get(printed));
                        dead |= now.get(printed).startsWith("dead");
                    }
                }
                membership.close();
            }
        }
    }
}
