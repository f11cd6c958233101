package dev.holdfast.localpg;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A folder that is there whole or not at all: it is filled under another name and then renamed, so that any number of
 * processes may fill it at once. The first one wins, and the others throw theirs away.
 *
 * <p>It holds programs in a place where everybody may write, so one that belongs to somebody else, or that others may
 * write into, is refused. One from which files were cleaned away is made again: it remembers how many there were.
 */
final class Cache {
    private static final String COUNT = "files.count";
    private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path home;
    private final Consumer<String> progress;

    Cache(Path home, Consumer<String> progress) {
        this.home = home;
        this.progress = progress;
    }

    Path filledFrom(URL archive) throws IOException {
        if (Files.exists(home, LinkOption.NOFOLLOW_LINKS)) {
            refuseForeign();
            if (isWhole()) return home;
            // Whoever runs what is left of it goes on with the open files.
            Path aside = Files.createTempDirectory(home.getParent(), home.getFileName() + ".torn");
            moveIfThere(home, aside.resolve("home"));
            Folder.delete(aside);
        }
        progress.accept("unpacking PostgreSQL into " + home);
        Path fresh = Files.createTempDirectory(
                home.getParent(), home.getFileName() + ".new", PosixFilePermissions.asFileAttribute(OURS));
        try {
            Files.setPosixFilePermissions(fresh, OURS);
            unpack(archive, fresh);
            moveIfThere(fresh, home);
        } finally {
            Folder.delete(fresh);
        }
        progress.accept("PostgreSQL is unpacked");
        return home;
    }

    private void refuseForeign() throws IOException {
        Path probe = Files.createTempFile("holdfast", ".probe");
        Object me = Files.getAttribute(probe, "unix:uid");
        Files.delete(probe);
        boolean mine =
                Files.getAttribute(home, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(me);
        var permissions = Files.getPosixFilePermissions(home, LinkOption.NOFOLLOW_LINKS);
        if (!mine
                || !Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            throw new IllegalStateException(home + " belongs to somebody else, or others may write into it: what is in"
                    + " it is not run. Remove it, or set java.io.tmpdir to another folder");
        }
    }

    private boolean isWhole() throws IOException {
        Path count = home.resolve(COUNT);
        return Files.exists(count) && Files.readString(count).equals(count(home));
    }

    private static String count(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return Long.toString(files.filter(f -> !f.endsWith(COUNT)).count());
        }
    }

    /** A folder is not renamed over one that is not empty: then somebody else was first. */
    private static void moveIfThere(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (Files.exists(from) && !Files.exists(to)) throw e;
        }
    }

    private void unpack(URL archive, Path folder) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive.openStream())))) {
            int unpacked = 0;
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) throw new IOException(entry.getName() + " leads out of the folder");
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(target, folder.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    boolean program = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target, program ? OURS : PosixFilePermissions.fromString("rw-r--r--"));
                }
                if (++unpacked % 400 == 0) progress.accept("unpacking PostgreSQL: " + unpacked + " files");
            }
        }
        Files.writeString(folder.resolve(COUNT), count(folder));
    }
}
