package dev.holdfast.postgres.membership;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the server to be let in, while others go on with what follows from a lock that was granted. A server that is being
 * stopped ends its sessions one after the other: the lock may be free for no other reason, and ours is the next to end. It
 * lets nobody in any more before it begins with that, so whoever is let in after the grant knows better.
 */
final class Knock {
    private static final String NO_ROOM = "53300";

    private final CompletableFuture<Optional<SQLException>> answer = new CompletableFuture<>();

    /** Knocks now. */
    Knock(Body body) {
        body.ports().threads().task("holdfast-knock", () -> answer.complete(ask(body)));
    }

    private static Optional<SQLException> ask(Body body) {
        try {
            body.connections().knock();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        } catch (RuntimeException | Error e) {
            return Optional.of(new SQLException(e));
        }
    }

    /** Waits for the answer, which comes within the seconds of a login. */
    void isLetIn() throws SQLException {
        Optional<SQLException> trouble = answer.join();
        // No room is an answer, too.
        if (trouble.isPresent() && !NO_ROOM.equals(trouble.get().getSQLState())) throw trouble.get();
    }
}
