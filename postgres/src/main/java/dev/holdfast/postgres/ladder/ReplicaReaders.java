package dev.holdfast.postgres.ladder;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.sql.Readers;
import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reading sessions of the replica. What fails is {@code replica_unavailable} and is asked of nobody else; while it keeps
 * failing, nobody waits for it but a probe now and then ({@link Breaker}).
 */
final class ReplicaReaders implements Readers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaReaders.class);
    /** A replica can be promoted under our sessions; from then on it is somebody's primary. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private static final String CODE = "replica_unavailable";

    private final Pool pool;
    private final Misses misses;
    private final Clock clock;
    private final Breaker breaker = new Breaker();
    /** Who waits here when the breaker opens is told so, and does not wait for the replica any more. */
    private final Semaphore free;

    private final AtomicLong lookAt;
    private volatile boolean closed;

    ReplicaReaders(Pool pool, Misses misses, Clock clock) {
        this.pool = pool;
        this.free = new Semaphore(pool.most());
        this.misses = misses;
        this.clock = clock;
        this.lookAt = new AtomicLong(clock.nanos());
    }

    @Override
    public <T> T ask(Query<T> query) {
        return guarded(() -> pool.readers().ask(checked(query)));
    }

    @Override
    public <T> T read(Query<T> query) {
        return guarded(() -> pool.readers().read(checked(query)));
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

    private <T> Query<T> checked(Query<T> query) {
        return session -> {
            long now = clock.nanos();
            long at = lookAt.get();
            if (now - at >= 0) {
                demandReplica(session);
                lookAt.compareAndSet(at, now + LOOK_AGAIN.toNanos());
            }
            return query.ask(session);
        };
    }

    private static void demandReplica(Session session) throws SQLException {
        if (session.ask(Replica.IN_RECOVERY).equals("t")) return;
        throw new SQLException("it is not a replica any more; name one that is, or none");
    }

    @Override
    public void close() {
        closed = true;
        pool.end().run();
    }
}
