package dev.holdfast.node;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.postgres.KeyRow;
import dev.holdfast.postgres.KeyTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The API keys as they were at one moment. */
public final class KeyBook {
    private static final KeyBook EMPTY = new KeyBook(List.of());

    private final Map<String, KeyRow> rows;

    KeyBook(List<KeyRow> rows) {
        this.rows = rows.stream().collect(Collectors.toUnmodifiableMap(KeyRow::id, Function.identity()));
    }

    /** Without any. */
    public static KeyBook empty() {
        return EMPTY;
    }

    /**
     * Those of the cluster on this database; empty if it has no tables. Whatever version they have, they are not changed: so a
     * node may look before it is one.
     *
     * @throws Refused {@code database_…} as {@link Holdfast#cluster}
     * @throws Unavailable if the database fails meanwhile
     */
    public static KeyBook at(String url) {
        return new KeyBook(KeyTable.look(url));
    }

    /** Whether it looks like a key: what does not is in no book. */
    public static boolean isKey(String presented) {
        return Secret.parse(presented).isPresent();
    }

    /** Whether no key was ever made. A revoked one counts: a revocation never opens anything. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Whether there is a key that holds. */
    public boolean hasValid() {
        return rows.values().stream().anyMatch(row -> row.revoked() == null);
    }

    /** Whether it was not revoked. */
    public boolean holds(ApiKey key) {
        KeyRow row = rows.get(key.id());
        return row != null && row.revoked() == null;
    }

    /** The key that was presented, also if it was revoked; empty if there is none, or its secret is another one. */
    public Optional<ApiKey> find(String presented) {
        return Secret.parse(presented).flatMap(secret -> {
            KeyRow row = rows.get(secret.id());
            return row != null && secret.fits(row.hash()) ? Optional.of(ApiKeys.key(row)) : Optional.empty();
        });
    }

    /**
     * Signs a link: a token with which everybody may watch this run until then, or until the key is revoked.
     *
     * @param by who makes it; null where no key was ever made
     */
    public String link(@Nullable ApiKey by, RunId run, Instant until) {
        String id = by == null ? LinkToken.NOBODY : by.id();
        String hash = hash(id).orElseThrow(
                        () -> new IllegalStateException("a link cannot be made by '" + id + "', which is no key"));
        return LinkToken.signed(id, hash, run, until).text();
    }

    /** Whether it looks like the token of a link: what does not is none in any book. */
    public static boolean isLink(String token) {
        return LinkToken.parse(token).isPresent();
    }

    /** The link with this token, also if its time is over or its key was revoked; empty if it was not made for this run. */
    public Optional<WatchLink> link(String token, RunId run) {
        return LinkToken.parse(token)
                .filter(link ->
                        hash(link.key()).filter(hash -> link.fits(hash, run)).isPresent())
                .map(link -> {
                    KeyRow row = rows.get(link.key());
                    return new WatchLink(row == null ? null : ApiKeys.key(row), Instant.ofEpochMilli(link.until()));
                });
    }

    private Optional<String> hash(String id) {
        KeyRow row = rows.get(id);
        if (row != null) return Optional.of(row.hash());
        return id.equals(LinkToken.NOBODY) && isEmpty() ? Optional.of(id) : Optional.empty();
    }
}
