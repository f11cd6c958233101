package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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
 * takes a third of the processor. The build names it ({@code argLine}), and whoever needs it first makes it.
 */
final class StartCache {
    private static final String OPTION = "-XX:AOTCache=";
    private static final String CLASS_PATH = "java.class.path";
    private static final int LIMIT_SECONDS = 120;

    private final Path file;
    private final List<Path> jars;

    private StartCache(Path file, List<Path> jars) {
        this.file = file;
        this.jars = jars;
    }

    /** That of this build is there after this, and what this process starts finds its own classes behind the jars. */
    static void make() throws IOException {
        var named = named();
        if (named.isEmpty()) return;
        new StartCache(named.get(), jars()).makeOnce();
        System.setProperty(CLASS_PATH, jarsFirst());
    }

    /** A cache knows jars only, and is of use to whoever has the same ones first. */
    private static String jarsFirst() {
        return entries()
                .sorted(Comparator.comparing(entry -> !Files.isRegularFile(entry)))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Stream<Path> entries() {
        return Stream.of(System.getProperty(CLASS_PATH).split(File.pathSeparator, -1))
                .map(Path::of);
    }

    private static Optional<Path> named() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith(OPTION))
                .map(option -> Path.of(option.substring(OPTION.length())))
                .findFirst();
    }

    private static List<Path> jars() {
        return entries().filter(Files::isRegularFile).toList();
    }

    /** Tests are executed by several processes. */
    private void makeOnce() throws IOException {
        if (isFresh()) return;
        try (var lock = FileChannel.open(beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = lock.lock()) {
            if (!isFresh()) train();
        }
    }

    private Path beside(String end) {
        return file.resolveSibling(file.getFileName() + end);
    }

    private boolean isFresh() throws IOException {
        if (!Files.exists(file)) return false;
        FileTime made = Files.getLastModifiedTime(file);
        for (Path jar : jars) if (Files.getLastModifiedTime(jar).compareTo(made) >= 0) return false;
        return true;
    }

    private void train() throws IOException {
        Path fresh = beside(".fresh");
        Path log = beside(".log");
        String classPath = jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        var command = JavaCommand.on(classPath, ClusterDrillTest.MAIN, "rehearse", "--cluster").stream()
                .map(word -> word.startsWith(OPTION) ? "-XX:AOTCacheOutput=" + fresh : word)
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("the start-up cache is made, see " + log)
                    .isTrue();
            assertThat(process.exitValue()).as("how that ended, see " + log).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
