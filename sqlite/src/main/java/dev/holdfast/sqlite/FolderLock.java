package dev.holdfast.sqlite;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.holdfast.core.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One process at a time uses a data folder. The lock is the operating system's: it ends with the process, however that
 * ends, so a file that was left behind is no obstacle. The file names the process that holds it.
 */
final class FolderLock implements AutoCloseable {
    static final String FILE = "holdfast.lock";
    /** Somebody's, but the file does not say whose. */
    static final long UNKNOWN = -1;

    /**
     * The folders that this process holds. The operating system's lock is the process's, too: closing any other channel
     * to the file would end it, so a second opener in this process must be turned away before it opens the file.
     */
    private static final Set<Path> HELD_BY_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * @throws Refused {@code data_folder_in_use} if another process has it, {@code data_folder_not_writable} if it cannot
     *     be written
     */
    static FolderLock take(Path wanted) {
        Path folder;
        try {
            folder = Files.createDirectories(wanted).toRealPath();
        } catch (IOException e) {
            throw notWritable(wanted, e);
        }
        if (!HELD_BY_THIS_PROCESS.add(folder)) {
            throw inUse(folder, Long.toString(ProcessHandle.current().pid()));
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(folder.resolve(FILE), CREATE, READ, WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) throw inUse(folder, read(channel));
            write(channel, Long.toString(ProcessHandle.current().pid()));
            return new FolderLock(folder, channel);
        } catch (IOException | Refused e) {
            HELD_BY_THIS_PROCESS.remove(folder);
            close(channel, e);
            throw e instanceof Refused refused ? refused : notWritable(folder, (IOException) e);
        }
    }

    /**
     * Which process uses a folder that is there; 0 if none.
     *
     * @throws Refused {@code data_folder_not_writable}
     */
    static long user(Path folder) {
        try {
            take(folder).close();
            return 0;
        } catch (Refused e) {
            if (!e.code().equals("data_folder_in_use")) throw e;
            return usedBy(folder);
        }
    }

    private static long usedBy(Path folder) {
        try {
            // Opening the file would end the lock if it is this process's.
            if (HELD_BY_THIS_PROCESS.contains(folder.toRealPath()))
                return ProcessHandle.current().pid();
            return Long.parseLong(Files.readString(folder.resolve(FILE)).strip());
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /** The folder, by its real path. */
    Path folder() {
        return folder;
    }

    private static void close(@Nullable FileChannel channel, Exception first) {
        try {
            if (channel != null) channel.close();
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }

    private static String read(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(64);
        int length = channel.read(bytes, 0);
        return length <= 0 ? "unknown" : new String(bytes.array(), 0, length, StandardCharsets.US_ASCII).strip();
    }

    private static void write(FileChannel channel, String pid) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((pid + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static Refused inUse(Path folder, String pid) {
        return new Refused(
                "data_folder_in_use",
                "data folder " + folder + " is in use by process " + pid
                        + ": stop it, or use another folder (only one process at a time can use one)");
    }

    private static Refused notWritable(Path folder, IOException e) {
        var refused = new Refused(
                "data_folder_not_writable",
                "data folder " + folder + " cannot be used (" + why(e)
                        + "): it must be a folder that this user can write");
        refused.initCause(e);
        return refused;
    }

    /** For people: names of classes say nothing to them. */
    private static String why(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException there -> "it is not a folder";
            case AccessDeniedException denied -> "access denied";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    /** The file stays: removing it could take away the lock file of whoever comes next. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("lock of " + folder, e);
        } finally {
            HELD_BY_THIS_PROCESS.remove(folder);
        }
    }
}
