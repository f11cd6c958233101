package dev.holdfast.localpg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A program that ends by itself, and what it said. */
public final class Command {
    /**
     * What became of it.
     *
     * @param code its exit code; 127 if there is no such program
     * @param output what it printed, also as errors
     */
    public record Ended(int code, String output) {
        public boolean well() {
            return code == 0;
        }
    }

    /** Runs it to its end. It is given nothing to read. */
    public static Ended run(String... command) {
        return run(List.of(command));
    }

    /** As {@link #run(String...)}. */
    public static Ended run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            return new Ended(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command.getFirst() + " was running", e);
        }
    }

    /** Sends a signal to whichever of these still live. */
    static void signal(String name, LongStream pids) {
        String all = pids.mapToObj(Long::toString).collect(Collectors.joining(" "));
        if (all.isEmpty()) return;
        Ended sent = run("sh", "-c", "kill -" + name + " " + all);
        if (sent.code() == 127)
            throw new UncheckedIOException(new IOException("cannot send signals: " + sent.output()));
    }

    private Command() {}
}
