package dev.holdfast.localpg;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One life of a server: the postmaster, under a shell that reads from us.
 *
 * <p>What the shell reads ends when this process does, even by SIGKILL; then the shell ends the server (also one that is
 * stopped), waits for it and removes what was to be temporary. Only whoever kills the shell too leaves a server behind.
 */
final class Launch {
    /** {@code $1} gets what the server prints; {@code $2} is removed in the end, if it names something. */
    private static final String SHELL = """
            log=$1 trash=$2
            shift 2
            exec 3<&0
            "$@" </dev/null >>"$log" 2>&1 3<&- &
            server=$!
            leave() {
              left=yes
              children=$(cat /proc/$server/task/$server/children 2>/dev/null || pgrep -P $server)
              kill -QUIT $server
              kill -CONT $server $children
            }
            trap leave TERM INT HUP
            (read -r line <&3; kill -TERM $$) >/dev/null 2>&1 &
            reader=$!
            echo $server
            exec >/dev/null 2>&1
            while kill -0 $server; do wait $server; done
            kill -KILL $reader
            if [ -n "$left" ] && [ -n "$trash" ]; then rm -rf -- "$trash"; fi
            """;

    private final Process shell;
    private final long postmaster;

    private Launch(Process shell, long postmaster) {
        this.shell = shell;
        this.postmaster = postmaster;
    }

    /**
     * @param command of the server
     * @param log gets what it prints
     * @param trash is removed when this process ends before the server; empty for nothing
     */
    static Launch of(List<String> command, Path log, String trash) {
        var whole = new ArrayList<>(List.of("sh", "-c", SHELL, "holdfast-postgres", log.toString(), trash));
        whole.addAll(command);
        try {
            Process shell = new ProcessBuilder(whole)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // Not closed: it is the shell's until the shell ends.
            var said = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
            String pid = said.readLine();
            if (pid == null)
                throw new IOException(
                        "the shell ended with code " + shell.onExit().join().exitValue());
            return new Launch(shell, Long.parseLong(pid.strip()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start PostgreSQL: " + e.getMessage(), e);
        }
    }

    long postmaster() {
        return postmaster;
    }

    boolean isAlive() {
        return shell.isAlive();
    }

    /** Whether it had ended by then. */
    boolean ended(Duration limit) {
        try {
            return shell.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL was ending", e);
        }
    }

    void signalPostmaster(String name) {
        if (isAlive()) Command.signal(name, LongStream.of(postmaster));
    }

    /** To the postmaster first, so that it makes no more of them, and then to all its children. */
    void signalAll(String name) {
        if (!isAlive()) return;
        // Read before as well: after a SIGKILL they would be nobody's.
        var before = processes();
        signalPostmaster(name);
        Command.signal(
                name,
                Stream.concat(before.stream(), processes().stream())
                        .mapToLong(ProcessHandle::pid)
                        .distinct());
    }

    /** Its children: the sessions and what works beside them. */
    List<ProcessHandle> processes() {
        return ProcessHandle.of(postmaster).stream()
                .flatMap(ProcessHandle::children)
                .toList();
    }

    /** Not so if it has ended and nobody has noticed: then it has no program any more. */
    static boolean executes(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }
}
