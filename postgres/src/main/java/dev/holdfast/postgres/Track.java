package dev.holdfast.postgres;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session on which one transaction comes after the other, each done once. One that meets somebody in its way is begun
 * anew; one whose commit is not answered is looked up by its number, and nothing is done twice.
 */
final class Track implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Track.class);
    private static final int TRIES = 20;
    private static final int LOOKS = 30;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final String NUMBER = "SELECT pg_current_xact_id()::text";
    private static final String GIVEN =
            "SELECT CASE WHEN pg_snapshot_xmax(pg_current_snapshot()) > ?::xid8 THEN 1 ELSE 0 END,"
                    + " CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END";
    private static final String STATUS = "SELECT pg_xact_status(?::xid8)";
    /** When the server was started, and since when its statistics count: they begin anew after a crash (also when reset). */
    private static final String WHO = "SELECT pid, backend_start::text, (SELECT concat_ws(' ',"
            + " extract(epoch FROM pg_postmaster_start_time()), extract(epoch FROM stats_reset)) FROM pg_stat_bgwriter)"
            + " FROM pg_stat_activity WHERE pid = pg_backend_pid()";
    /** Who may still be executing what we have not heard of; its number alone may be somebody else's by now. */
    private static final String END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE pid = ? AND backend_start = CAST(? AS timestamptz)";

    private final Sessions sessions;
    private final Threads threads;
    private final Supplier<Instant> now;
    private volatile @Nullable Session session;
    private Backend backend = Backend.NONE;
    private volatile boolean cut;
    private boolean failing;

    /**
     * The server's process behind a session.
     *
     * @param life of the server that it is a process of
     */
    record Backend(int pid, String since, String life) {
        private static final Backend NONE = new Backend(0, "-infinity", "none");

        static Backend of(Session session) throws SQLException {
            return session.sql(WHO)
                    .first(r -> new Backend(r.integer(), r.text(), r.text()))
                    .orElse(NONE);
        }
    }

    Track(Sessions sessions, Threads threads, Supplier<Instant> now) {
        this.sessions = sessions;
        this.threads = threads;
        this.now = now;
    }

    /** What is done in a transaction; it may be begun more than once. */
    @FunctionalInterface
    interface Body<T> {
        T in(Transaction tx) throws SQLException;
    }

    /**
     * @throws ContentTrouble if something cannot be written for what it is; nothing was
     * @throws Unavailable if the database cannot be used
     */
    synchronized <T> T perform(Body<T> body) {
        SQLException last = null;
        for (int tried = 0; tried < TRIES; tried++) {
            if (cut) throw isCut();
            if (tried > 0) rest(Duration.ofMillis(Math.min(50, tried)));
            Session with;
            String number;
            T done;
            Transaction tx;
            try {
                with = connected();
                tx = new Transaction(with, now.get());
                done = body.in(tx);
                number = number(with);
            } catch (SQLException e) {
                last = e;
                switch (Trouble.of(e)) {
                    case CONTENT -> {
                        rollback();
                        throw new ContentTrouble(e);
                    }
                    case AGAIN -> {
                        rollback();
                        continue;
                    }
                    case DISK_FULL, READ_ONLY, LOST, OTHER -> {
                        fails(e);
                        disconnect();
                        throw Trouble.unavailable(e);
                    }
                }
                continue;
            } catch (RuntimeException | Error e) {
                rollback();
                throw e;
            }
            try {
                with.connection().commit();
            } catch (SQLException e) {
                fails(e);
                disconnect();
                if (!hasHappened(number, backend, e)) throw Trouble.unavailable(e);
            }
            failing = false;
            tx.committed();
            return done;
        }
        throw Trouble.unavailable(last == null ? new SQLException("it was not tried") : last);
    }

    /** It cannot be written for its content: the same would fail again. */
    static final class ContentTrouble extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String why;

        ContentTrouble(SQLException cause) {
            super(cause);
            this.why = String.valueOf(cause.getMessage());
        }

        String why() {
            return why;
        }
    }

    /** The number of the transaction that the session is in, by which it is looked up. */
    static String number(Session session) throws SQLException {
        return session.sql(NUMBER).firstText().orElseThrow();
    }

    /**
     * Whether a transaction was committed, of this session or of another one. It may still be executing: then its session is
     * ended first, so that its answer does not change any more.
     *
     * <p>A server that crashes forgets the numbers of transactions of which nothing had reached its log, and gives them to
     * others: of a number of another life it is only known that it did not happen, or nothing. Nobody may be told that
     * what he wrote is there because somebody else's is.
     *
     * @param before who has executed it
     */
    synchronized boolean hasHappened(String number, Backend before, SQLException failure) {
        for (int look = 0; look < LOOKS && !cut; look++) {
            if (look > 0) rest(BETWEEN_LOOKS);
            try {
                Session with = connected();
                boolean same = backend.life().equals(before.life());
                if (!same && !isGiven(with, number)) return false;
                String status = with.sql(STATUS).text(number).firstText().orElse("");
                with.connection().commit();
                if (status.equals("aborted")) return false;
                if (status.equals("committed") && same) return true;
                if (!same) break;
                with.sql(END).number(before.pid()).text(before.since()).any();
                with.connection().commit();
            } catch (SQLException e) {
                failure.addSuppressed(e);
                disconnect();
            } catch (Unavailable e) {
                // Cut off in the middle of it: that says nothing of what was asked.
                failure.addSuppressed(e);
            }
        }
        throw Trouble.indeterminate(failure);
    }

    /**
     * Whether the server has given this number to anybody, in whichever life: otherwise nothing of ours is left. Fails on one
     * that is in recovery: it may learn of it yet.
     */
    private static boolean isGiven(Session with, String number) throws SQLException {
        var given = with.sql(GIVEN).text(number).first(r -> new Given(r.number() != 0, r.number() != 0));
        with.connection().commit();
        Given known = given.orElseThrow();
        if (known.recovers()) throw new SQLException("who answers is a standby, or becomes a primary");
        return known.is();
    }

    private record Given(boolean is, boolean recovers) {}

    private Session connected() throws SQLException {
        Session present = session;
        if (present != null) return present;
        Session made = sessions.open();
        session = made;
        if (cut) {
            // Nobody had it in his hands yet when everything was cut.
            disconnect();
            throw isCut();
        }
        backend = Backend.of(made);
        made.connection().commit();
        return made;
    }

    private void rollback() {
        Session present = session;
        if (present == null) return;
        try {
            present.connection().rollback();
        } catch (SQLException e) {
            disconnect();
        }
    }

    private void disconnect() {
        Session present = session;
        session = null;
        if (present == null) return;
        try {
            present.close();
        } catch (SQLException e) {
            LOG.debug("a session could not be closed", e);
        }
    }

    /**
     * Whoever is at it gets no answer any more, and nobody else is let in: the node has been cut off, and its code must not wait
     * for a database that does not answer.
     */
    void cut() {
        cut = true;
        Session present = session;
        if (present != null) present.abort();
    }

    /** The node is answered again, and is who it was: what was cut is no session any more. */
    synchronized void restore() {
        disconnect();
        cut = false;
    }

    static Unavailable isCut() {
        return Unavailable.notApplied(
                "fenced", "this node was cut off from its cluster: nothing was changed; ask another node", null);
    }

    /** Of what may be on its way. */
    static Unavailable isCutMeanwhile() {
        return Unavailable.indeterminate(
                "fenced",
                "this node was cut off from its cluster: it is not known whether it was written; ask another node",
                null);
    }

    /** Told once, however many try while it lasts. */
    private void fails(SQLException e) {
        if (!failing) LOG.warn("the database cannot be used: {}", e.toString());
        failing = true;
    }

    /** Waits; an interrupt stays pending and ends it. */
    void rest(Duration time) {
        try {
            threads.bell().await(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        disconnect();
    }
}
