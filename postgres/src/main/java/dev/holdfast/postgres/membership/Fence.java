package dev.holdfast.postgres.membership;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.postgres.session.PostgresPorts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stops a node that gets no answer, by nothing but its own clock, and tells the listener about it. A heartbeat counts from
 * when it was sent: what the server has seen of the node is no older.
 *
 * <p>Who is told to stop has some time for it before it is overdue, also if it was frozen and is told late: what runs then
 * cannot have left before. It has more of it then: others have its runs by now, and it may have woken on a machine on which
 * everything wakes.
 */
final class Fence {
    private enum Stage {
        SERVING,
        SUSPENDED,
        STOPPED,
        OVERDUE
    }

    static final Duration LATE = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final PostgresPorts ports;
    private final Times times;
    private final Listener listener;
    private final Bell bell;
    private volatile long answered;
    private volatile Stage told = Stage.SERVING;
    private volatile @Nullable String dead;
    private volatile boolean closed;
    /** Until when who was told to stop has time for it; only of the loop. */
    private long leftBy;

    Fence(PostgresPorts ports, Times times, Listener listener) {
        this.ports = ports;
        this.times = times;
        this.listener = listener;
        this.bell = ports.threads().bell();
        this.answered = ports.clock().nanos();
    }

    /** A heartbeat that was sent at this moment was answered, and the node is who it was. */
    void answered(long sent) {
        answered = sent;
        if (told != Stage.SERVING) bell.ring();
    }

    /** Not a member any more. */
    void dead(String why) {
        if (dead == null) dead = why;
        bell.ring();
    }

    /** Whether the node is a member, and was not closed. */
    boolean isOpen() {
        return dead == null && !closed;
    }

    /** Nobody is told anything any more. */
    void close() {
        closed = true;
        bell.ring();
    }

    /** By the clock, so that it is also right before the loop has turned. */
    boolean serving() {
        return dead == null && !closed && told == Stage.SERVING && stage() == Stage.SERVING;
    }

    void run() {
        try {
            while (isOpen()) {
                tell(stage());
                bell.await(untilNext());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String why = dead;
        if (why != null && !closed) listener.dead(why);
    }

    private void tell(Stage stage) {
        Stage before = told;
        if (stage == Stage.SERVING) {
            if (before == Stage.SUSPENDED) listener.resumed(Listener.Pause.SUSPENDED);
            if (before.compareTo(Stage.SUSPENDED) > 0) listener.resumed(Listener.Pause.STOPPED);
            told = stage;
            return;
        }
        for (Stage next : Stage.values()) {
            if (next.compareTo(before) <= 0 || next.compareTo(stage) > 0) continue;
            if (next == Stage.OVERDUE && untilOverdue() > 0) continue;
            told = next;
            switch (next) {
                case SUSPENDED -> listener.suspended();
                case STOPPED -> {
                    leftBy = ports.clock().nanos() + toLeave().toNanos();
                    listener.stop();
                }
                case OVERDUE -> listener.overdue();
                case SERVING -> {}
            }
        }
    }

    private Stage stage() {
        long silent = silent();
        if (silent >= times.halt().toNanos()) return Stage.OVERDUE;
        if (silent >= times.stop().toNanos()) return Stage.STOPPED;
        if (silent >= times.suspend().toNanos()) return Stage.SUSPENDED;
        return Stage.SERVING;
    }

    private Duration untilNext() {
        long silent = silent();
        Duration[] steps = {times.suspend(), times.stop(), times.halt()};
        for (Duration step : steps) {
            if (silent < step.toNanos()) return Duration.ofNanos(step.toNanos() - silent);
        }
        return told == Stage.STOPPED ? Duration.ofNanos(Math.max(0, untilOverdue())) : LONGEST;
    }

    private Duration toLeave() {
        boolean late = silent() >= times.frozen().toNanos();
        return late ? LATE : times.halt().minus(times.stop());
    }

    /** Nanoseconds that who was told to stop still has. */
    private long untilOverdue() {
        return leftBy - ports.clock().nanos();
    }

    private long silent() {
        return ports.clock().nanos() - answered;
    }
}
