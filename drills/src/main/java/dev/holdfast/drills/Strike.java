package dev.holdfast.drills;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a drill did to the cluster.
 *
 * @param kind what it was
 * @param at the moment just before
 * @param node to which node; null for the database
 */
record Strike(Kind kind, Instant at, @Nullable Node node) {
    enum Kind {
        KILL("kill -9"),
        TERM("SIGTERM"),
        STOP("SIGSTOP"),
        CONT("SIGCONT"),
        DATABASE("database restarted"),
        CUT("link down");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    static Strike now(Kind kind, @Nullable Node node) {
        return new Strike(kind, Instant.now(), node);
    }

    long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    /** Whose code had to go on elsewhere. */
    Optional<Node> victim() {
        return kind == Kind.CONT ? Optional.empty() : Optional.ofNullable(node);
    }
}
