package dev.holdfast.node;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node in a process of its own. */
final class NodeProcess implements AutoCloseable {
    private final String label;
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private NodeProcess(String label, Process process) {
        this.label = label;
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    static NodeProcess start(String url, String label) {
        return start(ClusterProgram.class, url, label);
    }

    static NodeProcess start(Class<?> program, String url, String label) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                url,
                label);
        try {
            return new NodeProcess(label, builder.redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) lines.add(line);
        } catch (IOException e) {
            lines.add("unreadable: " + e);
        }
    }

    NodeProcess awaitReady() {
        await("node " + label + " is ready")
                .atMost(Duration.ofSeconds(90))
                .failFast("node " + label + " has ended", () -> !process.isAlive() && !lines.contains("ready"))
                .until(() -> lines.contains("ready"));
        return this;
    }

    NodeProcess awaitLine(String line) {
        await("node " + label + " says " + line)
                .atMost(Duration.ofSeconds(60))
                .failFast("node " + label + " has ended", () -> !process.isAlive() && !lines.contains(line))
                .until(() -> lines.contains(line));
        return this;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    List<Did> did() {
        return lines.stream().filter(l -> l.startsWith("did ")).map(Did::parse).toList();
    }

    /** A step that began. */
    record Did(String run, int step, long epoch, long micros) {
        static Did parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Did(parts[1], Integer.parseInt(parts[2]), Long.parseLong(parts[3]), Long.parseLong(parts[4]));
        }
    }

    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@code STOP}, {@code CONT}. */
    void signal(String name) {
        try {
            int answer = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (answer != 0) throw new IllegalStateException("cannot signal node " + label);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        kill();
    }
}
