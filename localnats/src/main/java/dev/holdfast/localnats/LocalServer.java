package dev.holdfast.localnats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A server of a {@link LocalNats}. What it has stored stays, whatever ends it. */
public final class LocalServer {
    /** The server ends when what the shell reads from us does; {@code $1} gets what it prints. */
    private static final String SHELL = """
        log=$1
        shift
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        server=$!
        (read -r line <&3; kill -KILL $server) >/dev/null 2>&1 &
        reader=$!
        echo $server
        exec >/dev/null 2>&1
        wait $server
        kill -KILL $reader
        """;

    /** Milliseconds. */
    private static final int ASKED = 1_000;

    private final Path folder;
    private final Path binary;
    private final Doors doors;
    private @Nullable Process shell;
    private long pid;

    /**
     * Where it listens.
     *
     * @param clients for those who send and read
     * @param people for those who ask how it is, over HTTP
     */
    record Doors(int clients, int people) {}

    private LocalServer(Path folder, Path binary, Doors doors) {
        this.folder = folder;
        this.binary = binary;
        this.doors = doors;
    }

    static LocalServer in(Path folder, Path binary, Doors doors, String more) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("nats.conf"), """
                server_name: "%s"
                listen: "127.0.0.1:%d"
                http: "127.0.0.1:%d"
                jetstream { store_dir: "%s" }
                %s
                """.formatted(
                            folder.getFileName(), doors.clients(), doors.people(), folder.resolve("data"), more));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the configuration of NATS: " + e.getMessage(), e);
        }
        return new LocalServer(folder, binary, doors);
    }

    public String url() {
        return "nats://127.0.0.1:" + port();
    }

    public int port() {
        return doors.clients();
    }

    /** Its name among those of its cluster. */
    String name() {
        return folder.getFileName().toString();
    }

    /** What it says of its streams, as JSON; empty if it does not answer. */
    String streams() {
        try {
            var connection = URI.create("http://127.0.0.1:" + doors.people() + "/jsz?streams=true")
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(ASKED);
            connection.setReadTimeout(ASKED);
            try (var in = connection.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            return "";
        }
    }

    /** The process of the server. */
    public synchronized long pid() {
        if (shell == null || !shell.isAlive()) throw new IllegalStateException("NATS in " + folder + " does not run");
        return pid;
    }

    /** What it printed. */
    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Starts it again on its port, and returns when it answers. */
    public void start() {
        launch();
        awaitReady();
    }

    synchronized void launch() {
        if (shell != null && shell.isAlive()) return;
        try {
            Process started = new ProcessBuilder(
                            "sh",
                            "-c",
                            SHELL,
                            "holdfast-nats",
                            folder.resolve("log").toString(),
                            binary.toString(),
                            "-c",
                            folder.resolve("nats.conf").toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var said = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
            String number = said.readLine();
            if (number == null) throw new IOException("the shell ended");
            pid = Long.parseLong(number.strip());
            shell = started;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start NATS: " + e.getMessage(), e);
        }
    }

    void awaitReady() {
        try {
            LocalNats.await("NATS in " + folder + " answers", () -> {
                Process present = shell;
                if (present != null && !present.isAlive()) throw new IllegalStateException("NATS has ended:\n" + log());
                return LocalNats.answers(port());
            });
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + "\n" + log(), e);
        }
    }

    /** Sends SIGKILL, and returns when it is gone. */
    public synchronized void kill() {
        signal("KILL");
        if (shell != null && !LocalNats.ended(shell)) throw new IllegalStateException("NATS is alive after SIGKILL");
    }

    /** Stops it as an administrator does. */
    public synchronized void stop() {
        signal("TERM");
        if (shell != null && !LocalNats.ended(shell)) kill();
    }

    /** While it does not run: what it has stored can be gone back to. */
    public void keep() {
        copy(folder.resolve("data"), folder.resolve("kept"));
    }

    /** While it does not run: as after a failure of its machine, what it has stored since {@link #keep} is lost. */
    public void goBack() {
        copy(folder.resolve("kept"), folder.resolve("data"));
    }

    private static void copy(Path from, Path to) {
        try {
            if (Files.exists(to)) {
                try (var old = Files.walk(to)) {
                    for (Path file : old.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
                }
            }
            try (var files = Files.walk(from)) {
                for (Path file : files.toList()) Files.copy(file, to.resolve(from.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + from + " to " + to + ": " + e.getMessage(), e);
        }
    }

    /** Sends SIGSTOP: connections stand, and nothing answers. */
    public synchronized void pause() {
        signal("STOP");
    }

    /** Sends SIGCONT. */
    public synchronized void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        if (shell == null || !shell.isAlive()) return;
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot signal NATS: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
