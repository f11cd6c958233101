package dev.holdfast.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Another process of the same program, and the steps that it says it has begun. */
final class Child implements AutoCloseable {
    /** @param nanos when it was heard, by {@link System#nanoTime} */
    record Said(String line, long nanos) {}

    private final Process process;
    private final BlockingQueue<Said> lines = new LinkedBlockingQueue<>();

    private Child(Process process) {
        this.process = process;
    }

    static Child of(String main, List<String> words) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(words);
        var child = new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        Thread.ofPlatform().daemon().start(child::read);
        return child;
    }

    private void read() {
        try (var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(new Said(line, System.nanoTime()));
            }
        } catch (IOException e) {
            // It was killed: there is no more.
        }
    }

    /** When it says this, or null if it has not in that time; with what it said before, in {@code heard}. */
    @Nullable
    Said await(String line, Duration limit, List<String> heard) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Said said = lines.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (said == null || said.line().equals(line)) return said;
            heard.add(said.line());
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
