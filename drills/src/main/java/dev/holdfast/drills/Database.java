package dev.holdfast.drills;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The database of a drill: somebody's, or one of the drill's own, which may be broken.
 *
 * @param url as a node is given it
 * @param own the server, if it is the drill's own
 */
record Database(String url, @Nullable LocalPostgres own) implements AutoCloseable {
    private static final String NAME = "drill";

    /** @param url null for one of our own */
    static Database of(@Nullable String url, Consumer<String> progress) {
        if (url != null) return new Database(url, null);
        var server = LocalPostgres.temporary(Settings.standard().telling(progress));
        try {
            server.createDatabase(NAME);
            return new Database(server.url(NAME).toString(), server);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Without the URL, which may contain a password. */
    @Override
    public String toString() {
        return "Database[" + (own == null ? "given" : "own") + "]";
    }

    @Override
    public void close() {
        if (own != null) own.close();
    }
}
