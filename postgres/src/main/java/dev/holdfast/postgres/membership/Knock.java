package dev.holdfast.postgres.membership;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.postgres.session.Doorstep;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server to be let in, while others go on with what follows from a lock that was granted. A server that is being
 * stopped ends its sessions one after the other: the lock may be free for no other reason, and ours is the next to end. It
 * lets nobody in any more before it begins with that, so whoever is let in after the grant knows better.
 *
 * <p>On a thread of its own: nobody else's work may keep it from running, as what hangs on it is whether others go on. Of
 * several servers it asks the one that granted the lock: what another one refuses says nothing about it. Where that cannot be told
 * from outside (see {@link Doorstep}) it goes in and asks who that is: it may be a pooler, or another server at the same address.
 */
final class Knock {
    /** Shorter than a turn of those who watch may take, with everything else in it. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration AT_THE_DOOR = Duration.ofSeconds(1);

    private final Body body;
    private final Link link;
    private final Bell answered;
    private volatile @Nullable Answer answer;

    /** @param trouble why nobody was let in; null if we were */
    private record Answer(@Nullable SQLException trouble) {}

    /**
     * Knocks now.
     *
     * @param link by which the lock was granted
     */
    Knock(Body body, Link link) {
        this.body = body;
        this.link = link;
        this.answered = body.ports().threads().bell();
        body.ports().threads().loop("holdfast-knock", this::ask);
    }

    private void ask() {
        try {
            if (!isHeardOutside()) goIn();
            answer = new Answer(null);
        } catch (SQLException e) {
            answer = new Answer(isAnswered(e) ? null : e);
        } catch (RuntimeException | Error e) {
            answer = new Answer(new SQLException(e));
        }
        answered.ring();
    }

    /** Whether one needs not go in. Where sessions can be had and no word is heard, something stands between after all. */
    private boolean isHeardOutside() throws SQLException {
        Doorstep doorstep = link.doorstep();
        if (doorstep == null) return false;
        try {
            doorstep.knock(AT_THE_DOOR);
            return true;
        } catch (SQLException e) {
            if (isOfTheNetwork(e.getSQLState())) return false;
            throw e;
        }
    }

    private void goIn() throws SQLException {
        try (Connection session = body.connections().visit(link.connection())) {
            if (ServerLife.started(session) != link.life().started())
                throw new SQLException("whoever lets us in is not who granted the lock");
        }
    }

    /**
     * Whether a server that lives has said no: there is no room, or the password is another one by now. A server that stops or
     * starts says that first, whoever asks (class 57P of its error codes); everything of class 08 is the network's.
     */
    private static boolean isAnswered(SQLException e) {
        String state = e.getSQLState();
        return state != null && !isOfTheNetwork(state) && !state.startsWith("57P");
    }

    private static boolean isOfTheNetwork(@Nullable String state) {
        return state == null || state.startsWith("08");
    }

    /** Waits for the answer. */
    void isLetIn() throws SQLException {
        try {
            if (answer == null) answered.await(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Answer given = answer;
        if (given == null) throw new SQLException("nobody was let in for " + PATIENCE.toSeconds() + " s");
        if (given.trouble() != null) throw given.trouble();
    }
}
