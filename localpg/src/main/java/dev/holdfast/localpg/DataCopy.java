package dev.holdfast.localpg;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Copies the data of a server that runs, without what belongs to its processes: as {@code pg_basebackup} does. */
final class DataCopy extends SimpleFileVisitor<Path> {
    /** Their folders are needed, and what is in them is not. */
    private static final Set<String> EMPTY = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "backup_label", "standby.signal", "pg_internal.init");
    private static final Path CONTROL = Path.of("global", "pg_control");

    private final Path from;
    private final Path to;

    private DataCopy(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    static void of(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new DataCopy(from, to));
        Files.createDirectories(to.resolve("pg_wal").resolve("archive_status"));
        // Last, so that it knows of everything before.
        Files.copy(from.resolve(CONTROL), to.resolve(CONTROL));
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
        Path relative = from.relativize(dir);
        Files.createDirectories(to.resolve(relative));
        return EMPTY.contains(relative.toString()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Path relative = from.relativize(file);
        if (relative.equals(CONTROL) || LEFT_OUT.contains(file.getFileName().toString())) {
            return FileVisitResult.CONTINUE;
        }
        try {
            Files.copy(file, to.resolve(relative));
        } catch (NoSuchFileException e) {
            // Removed since it was listed.
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
        throw e;
    }
}
