package dev.holdfast.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are there as a whole or not at all, whenever the machine stops. */
final class Disk {
    private Disk() {}

    /**
     * Gives a file that has been written its name. When this returns, file and name have reached the disk.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
     */
    static void publish(Path written, Path name) throws IOException {
        sync(written, StandardOpenOption.WRITE);
        // Without ATOMIC_MOVE, which would replace what is there. It is a rename all the same: they are in one folder.
        Files.move(written, name);
        sync(folder(name), StandardOpenOption.READ);
    }

    static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }

    private static void sync(Path what, StandardOpenOption how) throws IOException {
        try (var channel = FileChannel.open(what, how)) {
            channel.force(true);
        }
    }
}
