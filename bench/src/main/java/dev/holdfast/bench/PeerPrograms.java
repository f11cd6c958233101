package dev.holdfast.bench;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The programs of the contenders, built by Maven from the sources when they are needed: neither the command nor an
 * ordinary build carries them or what they need.
 */
final class PeerPrograms {
    private final Path sources;

    private PeerPrograms(Path sources) {
        this.sources = sources;
    }

    /** @throws IllegalStateException if this was not started from a source tree */
    static PeerPrograms here() {
        for (Path folder = origin(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("mvnw")) && Files.exists(folder.resolve("peers/pom.xml"))) {
                return new PeerPrograms(folder);
            }
        }
        throw new IllegalStateException("the programs of the peers are built from the sources, and " + origin()
                + " does not lie in a source tree: start ./holdfast of one");
    }

    private static @Nullable Path origin() {
        try {
            return Path.of(PeerPrograms.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compiles them and finds out what they need; from the network only if it was never fetched. */
    void build(List<Contender> chosen, Path log, Consumer<String> progress) throws IOException, InterruptedException {
        progress.accept("building the programs of the peers");
        if (maven(chosen, log, List.of("-o")) == 0) return;
        progress.accept("fetching the libraries of the peers (only the first time)");
        int code = maven(chosen, log, List.of());
        if (code == 0) return;
        String told = Files.readString(log)
                .lines()
                .filter(line -> line.startsWith("[ERROR]"))
                .limit(5)
                .collect(Collectors.joining("\n"));
        throw new IllegalStateException("the programs of the peers were not built:\n" + told);
    }

    private int maven(List<Contender> chosen, Path log, List<String> options) throws IOException, InterruptedException {
        String modules = chosen.stream().map(c -> "peers/" + c.module()).collect(Collectors.joining(","));
        var command = new ArrayList<>(List.of("sh", sources.resolve("mvnw").toString(), "-B", "-ntp", "-Ppeers"));
        command.addAll(options);
        command.addAll(List.of("-pl", modules, "-am", "compile"));
        var builder = new ProcessBuilder(command)
                .directory(sources.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start().waitFor();
    }

    String classPath(Contender contender) throws IOException {
        Path target = sources.resolve("peers").resolve(contender.module()).resolve("target");
        return target.resolve("classes")
                + File.pathSeparator
                + Files.readString(target.resolve("class-path")).strip();
    }
}
