package dev.holdfast.engine;

import dev.holdfast.core.Defaults;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Lock;

/** Things to do at a time, by one thread for all of them. What is done must be quick. */
final class Alarms implements AutoCloseable {
    private static final Duration IDLE = Duration.ofHours(1);

    private final Threads threads;
    private final Clock clock;
    private final Lock lock;
    private final Bell bell;
    private final PriorityQueue<Alarm> waiting = new PriorityQueue<>();
    private final Thread loop;
    private boolean closed;
    private long made;

    Alarms(Threads threads, Clock clock) {
        this.threads = threads;
        this.clock = clock;
        this.lock = threads.lock();
        this.bell = threads.bell();
        this.loop = threads.loop("holdfast-alarms", this::run);
    }

    /** Does this after a time, but no later than after {@link Defaults#LONGEST}, unless it is closed before. */
    Alarm after(Duration time, Runnable action) {
        lock.lock();
        try {
            var alarm = new Alarm(clock.nanos() + Defaults.atMostLongest(time).toNanos(), made++, action);
            waiting.add(alarm);
            if (waiting.peek() == alarm) bell.ring();
            return alarm;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                Alarm due = null;
                long wait;
                lock.lock();
                try {
                    if (closed) return;
                    Alarm first = waiting.peek();
                    wait = first == null ? IDLE.toNanos() : first.at - clock.nanos();
                    if (first != null && wait <= 0) due = waiting.poll();
                } finally {
                    lock.unlock();
                }
                if (due == null) bell.await(Duration.ofNanos(wait));
                else due.action.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        bell.ring();
        try {
            threads.join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    final class Alarm implements Comparable<Alarm>, AutoCloseable {
        private final long at;
        private final long number;
        private final Runnable action;

        private Alarm(long at, long number, Runnable action) {
            this.at = at;
            this.number = number;
            this.action = action;
        }

        /** It will not happen any more, unless it is happening. */
        @Override
        public void close() {
            lock.lock();
            try {
                waiting.remove(this);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
