package dev.holdfast.drills;

import dev.holdfast.localpg.LocalPostgres;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Watches for a death from a session of a server of the drill's own: whoever asks a node when it was would use a processor that
 * the takeover needs, and would be told by another clock.
 */
final class Lookout {
    /** Each statement of a block sees what was committed before it. */
    private static final String WATCH = "DO $$ BEGIN FOR i IN 1..%d LOOP"
            + " EXIT WHEN EXISTS (SELECT FROM holdfast.takeovers WHERE number = %d);"
            + " PERFORM pg_sleep(0.001); END LOOP; END $$";

    private static final String WATCHES = "SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            + " AND wait_event = 'PgSleep' AND query LIKE '%%WHERE number = %d)%%'";
    private static final Duration BEGINS = Duration.ofSeconds(20);

    private final long number;
    private final CompletableFuture<Long> seen;

    private Lookout(long number, CompletableFuture<Long> seen) {
        this.number = number;
        this.seen = seen;
    }

    /** Returns when it watches for the death of the node with this number. */
    static Lookout of(LocalPostgres server, long number) throws InterruptedException {
        // Each has a thread of its own: several may have to be watched for, and the common ones are as few as the
        // processors.
        var seen = CompletableFuture.supplyAsync(
                () -> {
                    server.query(Database.NAME, WATCH.formatted(Scene.PATIENCE.toMillis(), number));
                    return Scene.now();
                },
                Thread::startVirtualThread);
        Wait.need(
                "somebody watches for the death of node " + number,
                BEGINS,
                () -> !server.query(Database.NAME, WATCHES.formatted(number)).isEmpty());
        return new Lookout(number, seen);
    }

    long number() {
        return number;
    }

    /** When it was written down, by the drill's clock, in microseconds since 1970. It was. */
    long seen() {
        return seen.join();
    }
}
