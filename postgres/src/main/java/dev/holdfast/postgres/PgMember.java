package dev.holdfast.postgres;

import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.postgres.membership.Membership;

/**
 * One incarnation of a node: its number, and its ledger and stream. When it is not a member any more it is closed, and the
 * process may join again as another one.
 */
public final class PgMember implements AutoCloseable {
    private final Membership membership;
    private final PgStore store;
    private final Peers peers;

    PgMember(Membership membership, PgStore store, Peers peers) {
        this.membership = membership;
        this.store = store;
        this.peers = peers;
    }

    /** Its place among the nodes. */
    public Membership membership() {
        return membership;
    }

    /** The others, as the engine asks for them. */
    public Peers peers() {
        return peers;
    }

    public Ledger ledger() {
        return store.ledger();
    }

    public StreamLog stream() {
        return store.stream();
    }

    /** It is cut off: whoever waits for the database is answered at once that it cannot be used, until {@link #restore}. */
    public void cut() {
        store.cut();
    }

    /** The database answers again, and it is who it was. */
    public void restore() {
        store.restore();
    }

    /** Commits what is waiting, and leaves: the others take over whatever it still holds at once. */
    public void leave() {
        store.close();
        membership.leave();
    }

    /** Ends all its sessions without a word. */
    @Override
    public void close() {
        membership.close();
        store.close();
    }
}
