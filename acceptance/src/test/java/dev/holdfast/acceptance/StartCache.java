package dev.holdfast.acceptance;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.Extent;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The start-up cache of the processes that tests start, as {@code ./holdfast} has one: there are hundreds of them, and with it each
 * takes a third of the processor. The build names it ({@code argLine}), and whoever needs it first makes it, if everything is
 * tested: to make it takes as long as a dozen processes save. Without it all goes well too, only slower: where the product is not in
 * jars (Maven's phase {@code test}), or nobody could make it. Of whatever does not fit the jars of a process Java takes nothing.
 */
final class StartCache {
    /** For a process of which it is asked what it loads: with a cache it loads what that has, needed or not. */
    static final String NONE = "-XX:AOTMode=off";

    private static final String OPTION = "-XX:AOTCache=";
    private static final String CLASS_PATH = "java.class.path";
    private static final int LIMIT_SECONDS = 120;

    private final Path file;
    private final List<String> training;

    private StartCache(Path file, List<String> training) {
        this.file = file;
        this.training = training;
    }

    /** What this process starts from now on uses the cache of this build, if there can be one. */
    static void use() throws IOException {
        var named = named();
        if (named.isEmpty() || Extent.now() != Extent.ALL || !isInJars()) return;
        // The same jars first are what a cache is good for; its own classes a process finds behind them.
        System.setProperty(
                CLASS_PATH, joined(entries().sorted(Comparator.comparing(entry -> !Files.isRegularFile(entry)))));
        var cache = new StartCache(named.get(), training(named.get()));
        if (!cache.isFresh()) cache.makeOnce();
    }

    static Optional<Path> named() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith(OPTION))
                .map(option -> Path.of(option.substring(OPTION.length())))
                .findFirst();
    }

    /** Whether the product is: a cache knows nothing else. */
    static boolean isInJars() {
        var source = ServerProcess.class.getProtectionDomain().getCodeSource();
        return Files.isRegularFile(Path.of(URI.create(source.getLocation().toString())));
    }

    private static Stream<Path> entries() {
        return Stream.of(System.getProperty(CLASS_PATH).split(File.pathSeparator, -1))
                .map(Path::of);
    }

    private static String joined(Stream<Path> entries) {
        return entries.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> training(Path file) {
        String jars = joined(entries().filter(Files::isRegularFile));
        return JavaCommand.on(jars, ClusterDrillTest.MAIN, "rehearse", "--cluster").stream()
                .map(word -> word.startsWith(OPTION) ? "-XX:AOTCacheOutput=" + beside(file, ".fresh") : word)
                .toList();
    }

    private static Path beside(Path file, String end) {
        return file.resolveSibling(file.getFileName() + end);
    }

    /** Tests are executed by several processes. */
    private void makeOnce() throws IOException {
        try (var lock = FileChannel.open(beside(file, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = lock.lock()) {
            if (!isFresh()) make();
        }
    }

    /** For these jars as they are, this Java and these options. */
    private boolean isFresh() throws IOException {
        Path key = beside(file, ".key");
        if (!Files.exists(file) || !Files.exists(key) || !Files.readString(key).equals(key())) return false;
        FileTime made = Files.getLastModifiedTime(file);
        for (Path entry : entries().filter(Files::isRegularFile).toList()) {
            if (Files.getLastModifiedTime(entry).compareTo(made) >= 0) return false;
        }
        return true;
    }

    private String key() {
        return Runtime.version() + "\n" + String.join("\n", training);
    }

    private void make() throws IOException {
        Path fresh = beside(file, ".fresh");
        Files.deleteIfExists(fresh);
        if (!train() || !Files.exists(fresh)) {
            System.out.println("there is no start-up cache, and processes start slower; see " + beside(file, ".log"));
            // An empty one is of no use to Java, and not made again.
            Files.write(fresh, new byte[0]);
        }
        Files.writeString(beside(file, ".key"), key());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private boolean train() throws IOException {
        Process process = new ProcessBuilder(training)
                .redirectErrorStream(true)
                .redirectOutput(beside(file, ".log").toFile())
                .start();
        try {
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
