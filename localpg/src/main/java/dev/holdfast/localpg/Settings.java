package dev.holdfast.localpg;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a server of our own is started.
 *
 * @param bin the folder with {@code initdb} and {@code postgres} of an installed PostgreSQL, 14 or later; null for the
 *     one that comes as a dependency
 * @param parameters of {@code postgresql.conf}, beside ours and stronger than ours
 * @param progress is told what takes time, a sentence each
 */
public record Settings(@Nullable Path bin, Map<String, String> parameters, Consumer<String> progress) {
    /** Names the folder of the binaries to use instead of the embedded ones. */
    public static final String BIN = "HOLDFAST_POSTGRES_BIN";

    public Settings {
        parameters = Map.copyOf(parameters);
    }

    /** The embedded server, or the one that {@link #BIN} names; nothing is said while it starts. */
    public static Settings standard() {
        String bin = System.getenv(BIN);
        return new Settings(bin == null || bin.isBlank() ? null : Path.of(bin), Map.of(), said -> {});
    }

    /** An installed server, for example that of {@code /usr/lib/postgresql/15/bin}. */
    public Settings installed(Path bin) {
        return new Settings(bin, parameters, progress);
    }

    /** With one more parameter, for example {@code max_wal_size} and {@code 4GB}. */
    public Settings with(String name, String value) {
        var more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new Settings(bin, more, progress);
    }

    /** Tells this listener what takes time. */
    public Settings telling(Consumer<String> listener) {
        return new Settings(bin, parameters, listener);
    }
}
