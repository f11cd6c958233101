package dev.holdfast.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process has used since it began.
 *
 * @param cpuNanos of all its threads
 * @param writtenBytes that it has caused to be written to a disk; NaN where the system does not say
 */
record Usage(double cpuNanos, double writtenBytes) {
    private static final Path IO = Path.of("/proc/self/io");

    static Usage now() throws IOException {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Usage(system.getProcessCpuTime(), written());
    }

    /** What the only thread of this name has used, in nanoseconds; 0 if there is none. */
    static long cpuNanosOf(String thread) {
        var threads = ManagementFactory.getThreadMXBean();
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().equals(thread)) {
                return Math.max(0, threads.getThreadCpuTime(info.getThreadId()));
            }
        }
        return 0;
    }

    Usage since(Usage before) {
        return new Usage(cpuNanos - before.cpuNanos, writtenBytes - before.writtenBytes);
    }

    private static double written() throws IOException {
        if (!Files.isReadable(IO)) return Double.NaN;
        for (String line : Files.readAllLines(IO)) {
            if (line.startsWith("write_bytes:")) return Double.parseDouble(line.substring(12));
        }
        return Double.NaN;
    }
}
