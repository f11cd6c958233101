package dev.holdfast.acceptance;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.management.ObjectName;

/** A process with many runs that sleep, which tells what they cost. */
final class Sleepers {
    private static final Task<Integer, Void> NAP =
            Task.named("nap", Integer.class, Void.class).giveUpAfter(Duration.ZERO);
    private static final int AT_ONCE = 1_000;

    private Sleepers() {}

    /**
     * Data folder, how many runs to start first. When all of them sleep it prints one line: milliseconds until it was open,
     * threads, megabytes resident, megabytes of live objects, and the most numerous class of ours with its count.
     */
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
            var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            System.out.println(opened + " "
                    + ManagementFactory.getThreadMXBean().getThreadCount() + " "
                    + residentMegabytes() + " "
                    + heap.getUsed() / 1_000_000 + " "
                    + mostNumerous());
        }
    }

    private static long residentMegabytes() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1_000;
        }
        throw new IllegalStateException("no VmRSS");
    }

    private static String mostNumerous() throws Exception {
        var server = ManagementFactory.getPlatformMBeanServer();
        String histogram = (String) server.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {null},
                new String[] {String[].class.getName()});
        List<String> ours = new ArrayList<>();
        for (String line : histogram.split("\n", -1)) {
            String[] columns = line.trim().split("\\s+", -1);
            if (columns.length > 3 && columns[3].startsWith("dev.holdfast.")) ours.add(columns[3] + "=" + columns[1]);
        }
        return ours.stream().max((a, b) -> Long.compare(count(a), count(b))).orElse("none=0");
    }

    private static long count(String entry) {
        return Long.parseLong(entry.substring(entry.indexOf('=') + 1));
    }
}
