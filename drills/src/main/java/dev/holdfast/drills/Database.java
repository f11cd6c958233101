package dev.holdfast.drills;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.Standby;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The database of a drill: somebody's, or one of the drill's own, which may be broken.
 *
 * @param url as a node is given it
 * @param own the server, if it is the drill's own
 * @param standby the replica that nodes are given; null for none
 */
record Database(
        String url, @Nullable LocalPostgres own, @Nullable Standby standby) implements AutoCloseable {
    /** Of one of our own. */
    static final String NAME = "drill";

    /** @param url null for one of our own */
    static Database of(@Nullable String url, Consumer<String> progress) {
        return url == null ? own(Settings.standard().telling(progress)) : new Database(url, null, null);
    }

    /** One of our own. */
    static Database own(Settings settings) {
        var server = LocalPostgres.temporary(settings);
        try {
            server.createDatabase(NAME);
            return new Database(server.url(NAME).toString(), server, null);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** The same, of one of our own, with a replica. */
    Database withStandby() {
        var primary = Objects.requireNonNull(own, "only a database of our own is given a replica");
        try {
            return new Database(url, primary, primary.temporaryStandby());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Of the replica, as a node is given it; null if there is none. */
    @Nullable
    String replica() {
        return standby == null ? null : standby.server().url(NAME).toString();
    }

    /** Waits until a replica, if there is one, shows what the database has committed by now. */
    void awaitReplica() {
        if (standby != null) standby.awaitReplay();
    }

    /** The same, as it is reached by this address of its machine. */
    Database at(String address) {
        return new Database(url.replace("@127.0.0.1:", "@" + address + ":"), own, standby);
    }

    /** Without the URL, which may contain a password. */
    @Override
    public String toString() {
        return "Database[" + (own == null ? "given" : "own") + "]";
    }

    @Override
    public void close() {
        try {
            if (standby != null) standby.close();
        } finally {
            if (own != null) own.close();
        }
    }
}
