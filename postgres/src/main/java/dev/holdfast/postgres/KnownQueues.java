package dev.holdfast.postgres;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.sql.LaneKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Queues whose runs outside of lanes take part in claims: the row that says so is there. It is believed for some seconds
 * only, since any node may remove the row of a queue in which nothing waits; whoever removes it waits for longer than that.
 */
final class KnownQueues {
    static final Duration BELIEVED = Duration.ofSeconds(10);
    private static final int MOST = 10_000;

    private final Clock clock;
    private final Map<LaneKey, Long> until = new HashMap<>();

    KnownQueues(Clock clock) {
        this.clock = clock;
    }

    synchronized boolean has(LaneKey lane) {
        Long believed = until.get(lane);
        return believed != null && clock.nanos() - believed < 0;
    }

    synchronized void learn(Collection<LaneKey> lanes) {
        if (until.size() > MOST) until.clear();
        for (LaneKey lane : lanes) until.put(lane, clock.nanos() + BELIEVED.toNanos());
    }

    synchronized void forget() {
        until.clear();
    }
}
