package dev.holdfast.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are there as a whole or not at all, whenever the machine stops. */
class Disk {
    /**
     * Gives a file that has been written its name. When this returns, file and name have reached the disk; if it throws,
     * there is no file of that name.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name, which stays
     */
    final void publish(Path written, Path name) throws IOException {
        sync(written, StandardOpenOption.WRITE);
        // Without ATOMIC_MOVE, which would replace what is there. It is a rename all the same: they are in one folder.
        Files.move(written, name);
        try {
            sync(folder(name), StandardOpenOption.READ);
        } catch (IOException e) {
            withdraw(name, e);
            throw e;
        }
    }

    /** Nobody knows whether the name outlasts the machine: so nobody may rely on it. */
    private static void withdraw(Path name, IOException why) {
        try {
            Files.deleteIfExists(name);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }

    /** When this returns, what is in a file, or which names are in a folder, has reached the disk. The tests watch it. */
    void sync(Path what, StandardOpenOption how) throws IOException {
        try (var channel = FileChannel.open(what, how)) {
            channel.force(true);
        }
    }
}
