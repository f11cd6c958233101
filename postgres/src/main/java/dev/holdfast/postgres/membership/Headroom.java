package dev.holdfast.postgres.membership;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers of files that are kept free for those who come later: what is opened meanwhile gets a higher number than they.
 *
 * <p>Of a process that is killed Linux closes the files one after the other, those with the highest numbers first ({@code
 * exit_files} in its kernel leaves each to {@code task_work_run}, which begins with the newest), and a server of PostgreSQL takes
 * milliseconds to end each session. If the one with the lock is the first to end, the others know of the death before the
 * server is busy with all of them; if it is the last, as whatever was opened first is, they know a few tens of milliseconds later.
 *
 * <p>Whatever has a higher number all the same ends before it: the hundred and first that is opened later, and, when all sessions are
 * made again after a restart of the database, those that are opened while this one is let in. That costs time, and nothing else.
 *
 * <pre>{@code try (var _ = Headroom.keep()) { lock = open(); } }</pre>
 */
final class Headroom implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Headroom.class);

    /** More than a node has sessions. */
    private static final int MANY = 100;

    private final List<SocketChannel> kept = new ArrayList<>();

    private Headroom() {}

    /** None where files are few: such a process is only found dead a little later, and nobody in it must go without one. */
    static Headroom keep() {
        var headroom = new Headroom();
        if (isTight()) return headroom;
        try {
            for (int i = 0; i < MANY; i++) headroom.kept.add(SocketChannel.open());
        } catch (IOException e) {
            LOG.debug("the session with the lock may end late, should this process be killed: {}", e.getMessage());
            headroom.close();
        }
        return headroom;
    }

    private static boolean isTight() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean files
                && files.getMaxFileDescriptorCount() - files.getOpenFileDescriptorCount() < 4 * MANY;
    }

    @Override
    public void close() {
        for (SocketChannel each : kept) {
            try {
                each.close();
            } catch (IOException e) {
                LOG.debug("a number of a file is not given back: {}", e.getMessage());
            }
        }
        kept.clear();
    }
}
