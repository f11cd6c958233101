package dev.holdfast.drills;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a drill did to the cluster.
 *
 * @param kind what it was
 * @param at the moment just before
 * @param node to which node; null for the database, or NATS
 * @param number the number of that node then; 0 if nobody has asked for it
 */
record Strike(Kind kind, Instant at, @Nullable Node node, long number) {
    private static final Set<Kind> DEATHS =
            EnumSet.of(Kind.KILL, Kind.HEIR, Kind.NEIGHBOURS, Kind.REST, Kind.ALL, Kind.TERM);

    enum Kind {
        KILL("kill -9"),
        /** One, and then who takes over what it had, while it does. */
        HEIR("heir killed"),
        NEIGHBOURS("two at once"),
        REST("all but one"),
        ALL("all at once"),
        TERM("SIGTERM"),
        STOP("SIGSTOP"),
        CONT("SIGCONT"),
        DATABASE("database restarted"),
        STALL("database stalls"),
        REPLICA("replica broken"),
        NATS("NATS node killed"),
        HUSH("NATS frozen"),
        SILENCE("NATS down"),
        CUT("link down"),
        MUTE("sends lost"),
        DEAF("answers lost"),
        MENDED("link mended");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        boolean isOfNats() {
            return this == NATS || this == HUSH || this == SILENCE;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    static Strike now(Kind kind, @Nullable Node node) {
        return new Strike(kind, Instant.now(), node, 0);
    }

    /** Of the node with this number. */
    static Strike now(Kind kind, Node node, long number) {
        return new Strike(kind, Instant.now(), node, number);
    }

    /** Whether it ended the process. */
    boolean isDeath() {
        return DEATHS.contains(kind);
    }

    /** Whether its process could not end what it was at. */
    boolean isKill() {
        return isDeath() && kind != Kind.TERM;
    }

    long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    /** Whose code had to go on elsewhere. */
    Optional<Node> victim() {
        return kind == Kind.CONT || kind == Kind.MENDED ? Optional.empty() : Optional.ofNullable(node);
    }
}
