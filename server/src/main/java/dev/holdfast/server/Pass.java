package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.node.ApiKey;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.WatchLink;
import java.time.Instant;
import java.util.Optional;

/** As whom a request was let in. What goes on for long asks again whether that still holds. */
sealed interface Pass {
    /** Why it does not hold; empty if it does. */
    Optional<Refused> refusal(KeyBook book, Instant now);

    /** The key that was presented; empty if none was needed, or a link did as well. */
    default Optional<ApiKey> key() {
        return Optional.empty();
    }

    /** As whoever reaches the server: it needs no key, or there is none yet. */
    record Open() implements Pass {
        @Override
        public Optional<Refused> refusal(KeyBook book, Instant now) {
            return book.isEmpty() ? Optional.empty() : Optional.of(Guard.required());
        }
    }

    /** By an API key. */
    record Keyed(ApiKey by) implements Pass {
        @Override
        public Optional<ApiKey> key() {
            return Optional.of(by);
        }

        @Override
        public Optional<Refused> refusal(KeyBook book, Instant now) {
            return book.holds(by) ? Optional.empty() : Optional.of(Guard.revoked(by));
        }
    }

    /** By a link, to one run. */
    record Linked(WatchLink link) implements Pass {
        @Override
        public Optional<Refused> refusal(KeyBook book, Instant now) {
            if (!now.isBefore(link.until())) {
                return Optional.of(new Refused(
                        "link_expired",
                        "the link to this run was good until " + link.until() + ": ask for another one"));
            }
            ApiKey by = link.key();
            if (by == null) return new Open().refusal(book, now);
            return book.holds(by)
                    ? Optional.empty()
                    : Optional.of(new Refused(
                            "link_revoked",
                            "the API key by which the link to this run was made was revoked: ask for another link"));
        }
    }
}
