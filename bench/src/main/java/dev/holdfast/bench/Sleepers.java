package dev.holdfast.bench;

import dev.holdfast.core.Namespace;
import dev.holdfast.drills.JavaCommand;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;

/** A process of its own with many runs that sleep, which tells what they cost. */
public final class Sleepers {
    private static final Task<Integer, Void> NAP =
            Task.named("nap", Integer.class, Void.class).giveUpAfter(Duration.ZERO);
    private static final int AT_ONCE = 1_000;

    private Sleepers() {}

    /**
     * What the process says of itself when all its runs sleep.
     *
     * @param millis until it was open
     * @param threads platform threads
     * @param resident megabytes; 0 where the system does not say
     * @param heap megabytes of live objects
     * @param objects how many there are of the most numerous class of ours
     */
    public record Cost(long millis, long threads, long resident, long heap, long objects) {
        private String line() {
            return millis + " " + threads + " " + resident + " " + heap + " " + objects;
        }

        private static Cost read(String line) {
            String[] parts = line.split(" ", -1);
            long[] numbers = new long[parts.length];
            for (int i = 0; i < parts.length; i++) numbers[i] = Long.parseLong(parts[i]);
            return new Cost(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        }
    }

    /**
     * Opens this data folder in a new process, starts so many runs that sleep, waits until all of them do, and asks what they
     * cost.
     *
     * @param start how many to start; those that are there already sleep on
     * @throws IllegalStateException if it does not end well, or not within the limit
     */
    public static Cost in(Path data, int start, Duration limit) throws IOException, InterruptedException {
        var process = new ProcessBuilder(JavaCommand.like(Sleepers.class.getName(), data.toString(), "" + start))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the runs do not sleep after " + limit.toSeconds() + " s");
            }
            try (var out = process.inputReader()) {
                String line = out.readLine();
                if (line == null) throw new IllegalStateException("the process of the sleepers has failed");
                return Cost.read(line);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /** Data folder, how many runs to start first. Prints one line of numbers. */
    public static void main(String[] arguments) throws Exception {
        long began = System.nanoTime();
        // A slot is only held until the run is given up: many of them make large batches.
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(500));
        Handler<Integer, Void> nap = Handler.of(NAP, (ctx, days) -> ctx.sleep(Duration.ofDays(30 + days)));
        try (var holdfast = Holdfast.open(Path.of(arguments[0]), options, List.of(nap))) {
            long opened = Duration.ofNanos(System.nanoTime() - began).toMillis();
            int count = Integer.parseInt(arguments[1]);
            for (int i = 0; i < count; i += AT_ONCE) {
                holdfast.startAll(NAP, Collections.nCopies(Math.min(AT_ONCE, count - i), i % 7), Start.now());
            }
            while (holdfast.runs().queues(Namespace.DEFAULT).stream().anyMatch(q -> q.waiting() + q.executing() > 0)) {
                Thread.sleep(200);
            }
            System.gc();
            var cost = new Cost(
                    opened,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    residentMegabytes(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1_000_000,
                    mostNumerous());
            System.out.println(cost.line());
        }
    }

    private static long residentMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) return 0;
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1_000;
        }
        return 0;
    }

    private static long mostNumerous() throws JMException {
        var server = ManagementFactory.getPlatformMBeanServer();
        String histogram = (String) server.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {null},
                new String[] {String[].class.getName()});
        long most = 0;
        for (String line : histogram.split("\n", -1)) {
            String[] columns = line.trim().split("\\s+", -1);
            if (columns.length > 3 && columns[3].startsWith("dev.holdfast.")) {
                most = Math.max(most, Long.parseLong(columns[1]));
            }
        }
        return most;
    }
}
