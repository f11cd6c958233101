package dev.holdfast.engine;

import dev.holdfast.core.Defaults;
import dev.holdfast.engine.port.Peers;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a busy node closes its door, so that a suspect that has waited long can be tried alone. The door is closed for a
 * while at most, and then stays open for as long as it was closed: others get at least half of the time. Of several nodes
 * one at most has its door closed.
 *
 * <p>For one thread; {@link #company} may be asked by any.
 */
final class Isolation {
    static final Duration PATIENCE = Defaults.SUSPECT_PATIENCE;

    private final Peers peers;
    private volatile boolean closed;
    private Instant since = Instant.MIN;
    private Instant openUntil = Instant.MIN;

    Isolation(Peers peers) {
        this.peers = peers;
    }

    /** What the door means to whoever wants to come. */
    Company company(boolean othersExecute, boolean suspectExecutes) {
        if (suspectExecutes) return Company.A_SUSPECT;
        if (closed) return othersExecute ? Company.CLEARING : Company.CLEARED;
        return othersExecute ? Company.OTHERS : Company.NOBODY;
    }

    boolean isClosed() {
        return closed;
    }

    /** This node takes nobody any more, so another one may be the one that has its door closed. */
    void leave() {
        peers.openDoor();
    }

    /**
     * Opens or closes the door.
     *
     * @param waiting since when a suspect could have been tried, null if none waits
     */
    void look(@Nullable Instant waiting, Instant now) {
        boolean wanted = waiting != null && !now.isBefore(waiting.plus(PATIENCE));
        if (closed && (!wanted || !now.isBefore(since.plus(PATIENCE)))) {
            openUntil = now.plus(Duration.between(since, now));
            closed = false;
            peers.openDoor();
        } else if (!closed && wanted && !now.isBefore(openUntil) && peers.closeDoor()) {
            since = now;
            closed = true;
        }
    }
}
