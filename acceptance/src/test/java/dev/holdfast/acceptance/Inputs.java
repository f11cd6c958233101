package dev.holdfast.acceptance;

import dev.holdfast.drills.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Inputs of the example tasks. */
final class Inputs {
    private Inputs() {}

    /** A generated tree of files to count, always the same. */
    static Path tree(Path folder, int files) {
        if (!Files.exists(folder)) Tree.generate(folder, files, new Random(files));
        return folder;
    }

    static String wordcount(Path folder, int delayMs) {
        String path = folder.toString().replace("\\", "\\\\");
        return "{\"path\":\"%s\",\"glob\":\"**/*.md\",\"delayMs\":%d}".formatted(path, delayMs);
    }
}
