package dev.holdfast.postgres;

import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.StreamLog;

/**
 * One incarnation of a node: its number, and its ledger and stream. When it is not a member any more it is closed, and the
 * process may join again as another one.
 *
 * @param membership its place among the nodes
 * @param peers the others, as the engine asks for them
 */
public record PgMember(Membership membership, Peers peers, Ledger ledger, StreamLog stream) implements AutoCloseable {
    /** Commits what is waiting, and leaves: the others take over whatever it still holds at once. */
    public void leave() {
        ledger.close();
        membership.leave();
    }

    /** Ends all its sessions without a word. */
    @Override
    public void close() {
        membership.close();
        ledger.close();
    }
}
