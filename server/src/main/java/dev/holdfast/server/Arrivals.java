package dev.holdfast.server;

import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests that are on their way, each on its connection's virtual thread. One that has not come whole in time is
 * interrupted, which closes its connection. Helidon 4.3.1 has no limit for reading, of the socket or of a request, and
 * tells us of a request only when its first line is there; before that the limit for idle connections counts.
 */
final class Arrivals implements Http1ConnectionListener, AutoCloseable {
    private static final Duration MOST_OFTEN = Duration.ofMillis(100);

    private final Map<Thread, Long> begun = new ConcurrentHashMap<>();
    private final Duration limit;
    private final Thread watchdog;

    Arrivals(Duration limit) {
        this.limit = limit;
        this.watchdog = Thread.ofPlatform().daemon().name("holdfast-arrivals").start(this::guard);
    }

    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        begun.put(Thread.currentThread(), System.nanoTime());
    }

    /** The request of this thread is here, as far as anybody wants it. */
    void over() {
        begun.remove(Thread.currentThread());
    }

    private void guard() {
        Duration pause = limit.dividedBy(10).compareTo(MOST_OFTEN) < 0 ? MOST_OFTEN : limit.dividedBy(10);
        try {
            while (true) {
                Thread.sleep(pause);
                for (Thread thread : begun.keySet()) {
                    // In one step with the look, so that nobody is interrupted who has just arrived.
                    begun.computeIfPresent(thread, (late, since) -> {
                        if (System.nanoTime() - since < limit.toNanos()) return late.isAlive() ? since : null;
                        late.interrupt();
                        return null;
                    });
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        watchdog.interrupt();
    }
}
