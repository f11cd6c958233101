package dev.holdfast.postgres.ladder;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.sql.Readers;
import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reading sessions of the replica. What fails is {@code replica_unavailable} and is asked of nobody else; while it keeps
 * failing, nobody waits for it but a probe now and then ({@link Breaker}).
 */
final class ReplicaReaders implements Readers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaReaders.class);
    /** A replica can be promoted under our sessions, and who passes them on may pass them on to another one. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    static final String CODE = "replica_unavailable";

    private final Pool pool;
    private final Misses misses;
    private final Clock clock;
    private final Breaker breaker = new Breaker();
    /** Who waits here when the breaker opens is told so, and does not wait for the replica any more. */
    private final Semaphore free;

    private final Descent descent;
    /** When each session is looked at again; one that is not here has not been found to be ours. */
    private final Map<Session, Long> lookAt = Collections.synchronizedMap(new WeakHashMap<>());

    private final AtomicBoolean behind = new AtomicBoolean();
    private volatile boolean closed;

    ReplicaReaders(Pool pool, Misses misses, Clock clock, Descent descent) {
        this.pool = pool;
        this.free = new Semaphore(pool.most());
        this.misses = misses;
        this.clock = clock;
        this.descent = descent;
    }

    /** @throws Behind if it does not show that it is ours */
    @Override
    public <T> T ask(Query<T> query) {
        return shown(guarded(() -> pool.readers().ask(checked(query))));
    }

    /** @throws Behind if it does not show that it is ours */
    @Override
    public <T> T read(Query<T> query) {
        return shown(guarded(() -> pool.readers().read(checked(query))));
    }

    private <T> T shown(Optional<T> answer) {
        boolean shown = answer.isPresent();
        if (behind.compareAndSet(shown, !shown)) tell(shown);
        return answer.orElseThrow(Behind::new);
    }

    private static void tell(boolean shown) {
        if (shown) LOG.info("the replica shows this node, and is used");
        else
            LOG.warn(
                    "the replica does not show this node, and is not used until it does: it is not yet where the database was when"
                            + " this node joined, or it follows a copy of the database");
    }

    private interface Asking<T> {
        T ask();
    }

    private <T> T guarded(Asking<T> asking) {
        free.acquireUninterruptibly();
        try {
            if (closed) throw Unavailable.notApplied("closing", "the ledger is closed", null);
            if (!breaker.admits(clock.nanos())) {
                misses.notAsked();
                throw Unavailable.notApplied(
                        CODE,
                        "the replica has failed several times in a row and is not asked for a moment, nor is the primary in"
                                + " its place: ask again",
                        null);
            }
            return told(asking);
        } finally {
            free.release();
        }
    }

    private <T> T told(Asking<T> asking) {
        boolean well = false;
        try {
            T answer = asking.ask();
            well = true;
            return answer;
        } catch (Unavailable e) {
            misses.failed();
            throw Unavailable.notApplied(
                    CODE,
                    "the replica could not be read, and the primary is not asked in its place: ask again. "
                            + e.getMessage(),
                    e);
        } finally {
            if (well && breaker.answered()) LOG.info("the replica answers again");
            if (!well && breaker.failed(clock.nanos()))
                LOG.warn("the replica fails: what may come of it is refused until it answers again");
        }
    }

    /** Nothing if it does not show that it is ours. The session stays: it may show it soon. */
    private <T> Query<Optional<T>> checked(Query<T> query) {
        return session -> isOurs(session) ? Optional.of(query.ask(session)) : Optional.empty();
    }

    private boolean isOurs(Session session) throws SQLException {
        long now = clock.nanos();
        Long at = lookAt.get(session);
        if (at != null && now - at < 0) return true;
        boolean ours = switch (descent.look(session)) {
            case OURS -> true;
            case BEHIND -> false;
            case FOREIGN ->
                throw new SQLException("it is a replica of another database; name one of this database, or none");
            case PROMOTED -> throw new SQLException("it is not a replica any more; name one that is, or none");
        };
        if (ours) lookAt.put(session, now + LOOK_AGAIN.toNanos());
        else lookAt.remove(session);
        return ours;
    }

    @Override
    public void close() {
        closed = true;
        pool.end().run();
    }
}
