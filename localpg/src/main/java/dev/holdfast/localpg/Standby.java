package dev.holdfast.localpg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hot standby of a {@link LocalPostgres}. The primary keeps what the standby has not received, for as long as that
 * takes: a standby that is not needed any more is closed.
 */
public final class Standby implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Since when the functions of a backup have the names that they have. */
    private static final int BACKUP_RENAMED = 15;

    private static final String PAUSED = "SELECT pg_get_wal_replay_pause_state() = 'paused'";
    private static final String REPLAYED = "SELECT pg_last_wal_replay_lsn() >= '%s'::pg_lsn";

    private final LocalPostgres primary;
    private final LocalPostgres server;
    private final String slot;

    private Standby(LocalPostgres primary, LocalPostgres server, String slot) {
        this.primary = primary;
        this.server = server;
        this.slot = slot;
    }

    static Standby of(LocalPostgres primary, Cluster original, Settings settings, Path folder, boolean temporary) {
        settings.progress().accept("making a standby in " + folder);
        var cluster = Cluster.in(folder, original.bin());
        String slot = "standby_"
                + HexFormat.of().toHexDigits(cluster.folder().toString().hashCode());
        primary.query(LocalPostgres.USER, "SELECT pg_create_physical_replication_slot('" + slot + "', true)");
        try {
            copy(primary, original, cluster);
            var follow = settings.with(
                            "primary_conninfo",
                            "host=127.0.0.1 port=" + primary.port() + " user=" + LocalPostgres.USER
                                    + " application_name=" + slot)
                    .with("primary_slot_name", slot);
            var server = new LocalPostgres(cluster, follow, temporary, Ports::free);
            server.restart();
            return new Standby(primary, server, slot);
        } catch (RuntimeException e) {
            drop(primary, slot, e);
            throw e;
        }
    }

    /** What is read while the primary writes is put right by replaying from where the backup began. */
    private static void copy(LocalPostgres primary, Cluster from, Cluster to) {
        try (var session = Session.open(primary.port(), LocalPostgres.USER)) {
            boolean renamed = Binaries.version(from.bin()) >= BACKUP_RENAMED;
            session.query(
                    renamed
                            ? "SELECT pg_backup_start('standby', true)"
                            : "SELECT pg_start_backup('standby', true, false)");
            Files.createDirectories(to.data());
            DataCopy.of(from.data(), to.data());
            String label = first(session.query(
                    "SELECT labelfile FROM " + (renamed ? "pg_backup_stop" : "pg_stop_backup") + "(false)"));
            Files.writeString(to.data().resolve("backup_label"), label);
            Files.createFile(to.data().resolve("standby.signal"));
            to.account().give(to.folder());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + from.data() + ": " + e.getMessage(), e);
        }
    }

    private static void drop(LocalPostgres primary, String slot, RuntimeException first) {
        try {
            primary.query(LocalPostgres.USER, "SELECT pg_drop_replication_slot('" + slot + "')");
        } catch (RuntimeException e) {
            first.addSuppressed(e);
        }
    }

    /** The standby as a server: its addresses, and what can be done to its processes. */
    public LocalPostgres server() {
        return server;
    }

    /** Lets it fall behind: what comes is received and not shown, until {@link #resumeReplay}. */
    public void pauseReplay() {
        server.query(LocalPostgres.USER, "SELECT pg_wal_replay_pause()");
        await("paused its replay", PAUSED);
    }

    /** Lets it catch up. */
    public void resumeReplay() {
        server.query(LocalPostgres.USER, "SELECT pg_wal_replay_resume()");
    }

    /** Waits until it shows everything that the primary has committed by now. */
    public void awaitReplay() {
        // What others wrote without a commit may wait for somebody to flush it: a commit of ours does, and sends it.
        primary.query(LocalPostgres.USER, "SELECT pg_logical_emit_message(true, 'holdfast', 'flush')");
        String now = first(primary.query(LocalPostgres.USER, "SELECT pg_current_wal_flush_lsn()"));
        await("replayed " + now, REPLAYED.formatted(now));
    }

    private void await(String label, String question) {
        boolean came = Wait.until(LIMIT, () -> "t".equals(first(server.query(LocalPostgres.USER, question))));
        if (!came) {
            throw new IllegalStateException(
                    "the standby has not " + label + " after " + LIMIT.toSeconds() + " s; see " + server.log());
        }
    }

    private static String first(List<List<@Nullable String>> rows) {
        String value = rows.getFirst().getFirst();
        return value == null ? "" : value;
    }

    /** Stops it. Its data stay, and cannot follow the primary any more, which may forget what they lack. */
    @Override
    public void close() {
        server.close();
        try {
            primary.query(LocalPostgres.USER, "SELECT pg_drop_replication_slot('" + slot + "')");
        } catch (UncheckedIOException e) {
            // The primary does not run: there is nothing that could grow.
        }
    }
}
