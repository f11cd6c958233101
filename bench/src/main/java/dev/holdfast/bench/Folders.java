package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Data folders that are made for a measurement and removed after it. */
final class Folders implements AutoCloseable {
    private final Path root;
    private int made;

    /** @param under where: this chooses the disk */
    Folders(Path under) throws IOException {
        Files.createDirectories(under);
        this.root = Files.createTempDirectory(under, "holdfast-bench-");
    }

    Path root() {
        return root;
    }

    /** A name that is not there yet. */
    Path fresh() {
        return root.resolve("data-" + ++made);
    }

    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }

    @Override
    public void close() throws IOException {
        remove(root);
    }
}
