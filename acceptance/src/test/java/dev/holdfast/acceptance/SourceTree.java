package dev.holdfast.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A copy of the sources that a test may change, with its launcher. */
final class SourceTree {
    /** A first build with everything to download takes minutes. */
    private static final long LIMIT_SECONDS = 600;

    private static final Set<String> NOT_COPIED = Set.of(".git", "target", ".holdfast-build", "acceptance", ".idea");

    private static final String COMMAND = """
            package dev.holdfast.cli;

            public final class Main {
                public static void main(String[] args) {
                    boolean note = Main.class.getResource("note.txt") != null;
                    System.out.println("%s " + java.util.List.of(args) + " note=" + note);
                    System.exit(args.length == 2 && args[0].equals("a") ? 7 : 0);
                }
            }
            """;

    /** How a process ended. */
    record Result(int code, String out, String err) {}

    private final Path root;
    private int started;

    private SourceTree(Path root) {
        this.root = root;
    }

    static SourceTree copyTo(Path target) throws IOException {
        Path source = Path.of("..").toRealPath();
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                if (!dir.equals(source) && NOT_COPIED.contains(dir.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(target.resolve(source.relativize(dir)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()
                        && !NOT_COPIED.contains(file.getFileName().toString())) {
                    Files.copy(file, target.resolve(source.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        var tree = new SourceTree(target);
        // The parent names the module that is not copied.
        tree.write("acceptance/pom.xml", Files.readString(source.resolve("acceptance/pom.xml")));
        return tree;
    }

    Path path(String name) {
        return root.resolve(name);
    }

    void write(String name, String text) throws IOException {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), text);
    }

    /** Makes the tree a repository with everything committed. */
    void makeRepository() throws IOException, InterruptedException {
        for (var command : List.of(
                List.of("git", "init", "-q"),
                List.of("git", "add", "-A"),
                List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "copy"))) {
            Result result = start(command, Map.of()).result();
            if (result.code() != 0) {
                throw new IOException(command + " failed: " + result.err());
            }
        }
    }

    /** Replaces the command, whatever it can do today, by one that prints {@code word} and its arguments. */
    void commandSays(String word) throws IOException {
        Path sources = path("cli/src/main/java");
        if (Files.exists(sources)) {
            try (var files = Files.walk(sources)) {
                files.sorted(Comparator.reverseOrder()).forEach(SourceTree::delete);
            }
        }
        write("cli/src/main/java/dev/holdfast/cli/Main.java", COMMAND.formatted(word));
    }

    void addResource(String name) throws IOException {
        write("cli/src/main/resources/dev/holdfast/cli/" + name, "here");
    }

    void removeResource(String name) {
        delete(path("cli/src/main/resources/dev/holdfast/cli/" + name));
    }

    Result holdfast(String... args) throws IOException, InterruptedException {
        return holdfast(Map.of(), args);
    }

    Result holdfast(Map<String, String> environment, String... args) throws IOException, InterruptedException {
        return start(environment, args).result();
    }

    /** As a service or a minimal container starts it. */
    Result holdfastWithoutHome(Map<String, String> environment) throws IOException, InterruptedException {
        return start(List.of("env", "-u", "HOME", path("holdfast").toString()), environment)
                .result();
    }

    Started start(Map<String, String> environment, String... args) throws IOException {
        var command = new ArrayList<>(List.of(path("holdfast").toString()));
        command.addAll(List.of(args));
        return start(command, environment);
    }

    private Started start(List<String> command, Map<String, String> environment) throws IOException {
        started++;
        Path out = path(".holdfast-test-" + started + ".out");
        Path err = path(".holdfast-test-" + started + ".err");
        var builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_") || name.startsWith("MAVEN_"));
        builder.environment().putAll(environment);
        return new Started(command, builder.start(), out, err);
    }

    /** A process on its way. */
    record Started(List<String> command, Process process, Path out, Path err) {
        Result result() throws IOException, InterruptedException {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(command + " did not end within " + LIMIT_SECONDS + " s; so far it said: "
                        + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
