package dev.holdfast.drills;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, which can be killed without a warning.
 *
 * <p>What it prints goes to the log file of its setup, behind what earlier processes printed there. It is ready when it
 * has printed {@code ready http://…}.
 *
 * <pre>{@code
 * try (var server = ServerProcess.start(new Setup(folder, Ports.free(), log))) {
 *   server.awaitReady(Duration.ofSeconds(20));
 *   server.kill();
 * }
 * }</pre>
 */
public final class ServerProcess implements AutoCloseable {
    /** What it ends with when it was cut off and code of it did not leave: it has halted itself. */
    public static final int HALTED = 70;
    /** What it ends with when it was told to end by SIGTERM. */
    public static final int TERMINATED = 143;

    private static final String READY = "ready ";

    /**
     * @param data the data folder, or where the server has its data
     * @param port to listen on; the same one after a restart, so that clients find it again
     * @param log gets what the process prints
     * @param command the whole command line
     * @param environment what the process finds in its environment beside what this one has
     */
    public record Setup(Path data, int port, Path log, List<String> command, Map<String, String> environment) {
        public Setup {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        public Setup(Path data, int port, Path log, List<String> command) {
            this(data, port, log, command, Map.of());
        }

        /** {@code holdfast dev}, on the Java and the class path of this process. */
        public Setup(Path data, int port, Path log) {
            this(data, port, log, dev(data, port));
        }

        /** The same, started by this program, which becomes it: {@code nsenter}, {@code env} and the like. */
        Setup under(List<String> program) {
            var whole = new ArrayList<>(program);
            whole.addAll(command);
            return new Setup(data, port, log, whole, environment);
        }

        private static List<String> dev(Path data, int port) {
            return JavaCommand.like(
                    "dev.holdfast.cli.Main", "dev", "--data", data.toString(), "--port", Integer.toString(port));
        }
    }

    private final Setup setup;
    private final Process process;
    private final Instant started;
    private final CompletableFuture<Instant> ended;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private volatile @Nullable Instant readyAt;
    private volatile @Nullable Instant killedAt;

    private ServerProcess(Setup setup, Process process, Instant started) {
        this.setup = setup;
        this.process = process;
        this.started = started;
        this.ended = process.onExit().thenApply(gone -> Instant.now());
    }

    /** Starts it and returns at once. */
    public static ServerProcess start(Setup setup) {
        try {
            Instant now = Instant.now();
            var builder = new ProcessBuilder(setup.command()).redirectErrorStream(true);
            builder.environment().putAll(setup.environment());
            Process process = builder.start();
            var server = new ServerProcess(setup, process, now);
            Thread.ofPlatform().daemon().name("output of " + process.pid()).start(server::readOutput);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + setup.command().getFirst() + ": " + e.getMessage(), e);
        }
    }

    private void readOutput() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Files.writeString(
                        setup.log(),
                        Instant.now() + " [" + process.pid() + "] " + line + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                if (line.startsWith(READY) && !ready.isDone()) {
                    readyAt = Instant.now();
                    ready.complete(URI.create(line.substring(READY.length()).strip()));
                }
            }
        } catch (IOException e) {
            // The pipe broke: the process is gone, which is said below.
        }
        ready.completeExceptionally(new IllegalStateException(endedEarly()));
    }

    private String endedEarly() {
        return "the server (pid " + process.pid() + ") ended before it was ready; see " + setup.log();
    }

    /**
     * Waits until it serves.
     *
     * @return its address
     * @throws IllegalStateException if it ended before, or was not ready in time
     */
    public URI awaitReady(Duration limit) throws InterruptedException {
        try {
            return ready.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(endedEarly(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the server (pid " + process.pid() + ") was not ready within " + limit.toSeconds() + " s; see "
                            + setup.log(),
                    e);
        }
    }

    /** Sends SIGKILL and returns when the process is gone. Nothing of it runs after that, no {@code finally} either. */
    public void kill() throws InterruptedException {
        killSoon();
        process.waitFor();
    }

    /** Sends SIGKILL and does not wait: for several processes at once. */
    void killSoon() {
        if (killedAt == null) killedAt = Instant.now();
        process.destroyForcibly();
    }

    /**
     * Sends SIGINT, as Ctrl-C does, and waits.
     *
     * @return the exit code
     * @throws IllegalStateException if it does not end in time
     */
    public int interrupt(Duration limit) throws IOException, InterruptedException {
        signal("INT");
        return awaitExit(limit);
    }

    /** Sends SIGTERM, as a supervisor does that wants it to end, and does not wait. */
    public void terminate() {
        if (killedAt == null) killedAt = Instant.now();
        process.destroy();
    }

    /** Sends a signal by its name, such as TERM, STOP or CONT, and does not wait for what comes of it. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /**
     * Waits for its end.
     *
     * @return the exit code
     * @throws IllegalStateException if it does not end in time
     */
    public int awaitExit(Duration limit) throws InterruptedException {
        if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) return process.exitValue();
        throw new IllegalStateException(
                "pid " + process.pid() + " is alive after " + limit.toSeconds() + " s; see " + setup.log());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Gets what it prints. */
    public Path log() {
        return setup.log();
    }

    public Instant startedAt() {
        return started;
    }

    /** When it said that it serves; null if it has not. */
    public @Nullable Instant readyAt() {
        return readyAt;
    }

    /** When it was killed; null if it was not. */
    public @Nullable Instant killedAt() {
        return killedAt;
    }

    /** When it was seen to have ended; waits for that. */
    Instant endedAt() {
        return ended.join();
    }

    /** Kills it, if it still lives. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
