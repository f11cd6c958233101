package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/** Finds files. */
final class FileList {
    private static final String ANYWHERE = "**/";

    private FileList() {}

    /** The regular files below the folder that match, as sorted relative paths with {@code /}. Links are not followed. */
    static List<String> of(Path folder, String glob) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NoRetry("There is no folder '" + folder + "' (looked at " + folder.toAbsolutePath()
                    + "): give the path of one.");
        }
        PathMatcher matcher = matcher(folder.getFileSystem(), glob);
        var found = new ArrayList<String>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                Path relative = folder.relativize(file);
                if (attributes.isRegularFile() && matcher.matches(relative)) found.add(text(relative));
                return FileVisitResult.CONTINUE;
            }
        });
        Collections.sort(found);
        return found;
    }

    /** @throws IllegalArgumentException if it cannot be read */
    static void check(String glob) {
        matcher(FileSystems.getDefault(), glob);
    }

    private static PathMatcher matcher(FileSystem files, String glob) {
        try {
            PathMatcher plain = files.getPathMatcher("glob:" + glob);
            if (!glob.startsWith(ANYWHERE)) return plain;
            // Java's "**/" wants at least one folder; everybody else's does not.
            PathMatcher atTop = files.getPathMatcher("glob:" + glob.substring(ANYWHERE.length()));
            return path -> plain.matches(path) || atTop.matches(path);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("the glob '" + glob + "' cannot be read: " + e.getDescription(), e);
        }
    }

    private static String text(Path relative) {
        return relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
    }
}
