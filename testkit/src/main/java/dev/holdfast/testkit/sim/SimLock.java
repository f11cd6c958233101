package dev.holdfast.testkit.sim;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A reentrant lock among threads that take turns. It knows no timed waits: those are a bell's. */
final class SimLock implements Lock {
    private final Turns turns;
    private @Nullable Player owner;
    private int depth;

    SimLock(Turns turns) {
        this.turns = turns;
    }

    @Override
    public void lock() {
        Player me = turns.me();
        turns.await("Lock.lock", () -> owner == null || owner == me);
        take(me, 1);
    }

    private void take(Player me, int times) {
        owner = me;
        depth += times;
    }

    @Override
    public void unlock() {
        if (owner != turns.me()) throw new IllegalMonitorStateException("the lock is not held by this thread");
        depth--;
        if (depth == 0) owner = null;
        turns.point("Lock.unlock");
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        Player me = turns.me();
        turns.await("Lock.lock", () -> owner == null || owner == me, null);
        take(me, 1);
    }

    @Override
    public boolean tryLock() {
        turns.point("Lock.tryLock");
        Player me = turns.me();
        if (owner != null && owner != me) return false;
        take(me, 1);
        return true;
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
        throw timed();
    }

    @Override
    public Condition newCondition() {
        return new SimCondition();
    }

    private static UnsupportedOperationException timed() {
        return new UnsupportedOperationException("timed waits are a bell's: Threads.bell()");
    }

    private final class SimCondition implements Condition {
        private long signals;

        @Override
        public void awaitUninterruptibly() {
            Player me = turns.me();
            int held = release(me);
            long seen = signals;
            turns.await("Condition.await", () -> signals > seen && owner == null);
            take(me, held);
        }

        @Override
        public void await() throws InterruptedException {
            Player me = turns.me();
            int held = release(me);
            long seen = signals;
            try {
                turns.await("Condition.await", () -> signals > seen && owner == null, null);
            } finally {
                if (!me.isGone()) {
                    turns.await("Lock.lock", () -> owner == null);
                    take(me, held);
                }
            }
        }

        private int release(Player me) {
            if (owner != me) throw new IllegalMonitorStateException("the lock is not held by this thread");
            int held = depth;
            depth = 0;
            owner = null;
            return held;
        }

        /** All of them: to wake too many is allowed, and every wait looks again. */
        @Override
        public void signal() {
            signalAll();
        }

        @Override
        public void signalAll() {
            signals++;
        }

        @Override
        public long awaitNanos(long nanos) {
            throw timed();
        }

        @Override
        public boolean await(long time, TimeUnit unit) {
            throw timed();
        }

        @Override
        public boolean awaitUntil(java.util.Date deadline) {
            throw timed();
        }
    }
}
