package dev.holdfast.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Where it was measured: without that, no number means anything. */
final class Machine {
    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final int SYNCS = 100;

    private Machine() {}

    /** @param folder on the disk that was used */
    static Map<String, String> described(Path folder) throws IOException {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        var all = new LinkedHashMap<String, String>();
        all.put("CPU", cpu());
        all.put("cores", "" + Runtime.getRuntime().availableProcessors());
        all.put("memory", String.format(Locale.ROOT, "%.1f GiB", system.getTotalMemorySize() / (double) (1L << 30)));
        all.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        all.put("Java", System.getProperty("java.vendor") + " " + Runtime.version());
        all.put("file system", Files.getFileStore(folder).type());
        all.put("write and fsync of 4 KB, p50", Unit.MILLIS.write(sync(folder)));
        all.put("load average before", String.format(Locale.ROOT, "%.1f", system.getSystemLoadAverage()));
        return all;
    }

    private static String cpu() throws IOException {
        if (Files.isReadable(CPU)) {
            for (String line : Files.readAllLines(CPU)) {
                if (line.startsWith("model name"))
                    return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return System.getProperty("os.arch");
    }

    /** What a commit costs at least, in milliseconds. */
    private static double sync(Path folder) throws IOException {
        var samples = new Samples();
        Path file = Files.createTempFile(folder, "sync", ".tmp");
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long begun = System.nanoTime();
                channel.write(ByteBuffer.allocate(4_096), 4_096L * i);
                channel.force(false);
                samples.add(System.nanoTime() - begun);
            }
        } finally {
            Files.delete(file);
        }
        return samples.millis(0.5);
    }
}
