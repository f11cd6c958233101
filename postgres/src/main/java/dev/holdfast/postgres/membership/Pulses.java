package dev.holdfast.postgres.membership;

import dev.holdfast.engine.port.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The loops without whose turns no heartbeat is sent. In production it is one: the watch. Those of the engine are none of them,
 * see docs/decisions/0019.
 */
final class Pulses {
    private final List<Pulse> all = new CopyOnWriteArrayList<>();
    private final Clock clock;

    Pulses(Clock clock) {
        this.clock = clock;
    }

    /** One more, which may take so long for a turn. */
    Pulse pulse(String loop, Duration limit) {
        var pulse = new Pulse(loop, clock, limit.toNanos());
        all.add(pulse);
        return pulse;
    }

    /** The loops that have not turned for too long. */
    List<String> stuck() {
        long now = clock.nanos();
        return all.stream().filter(p -> p.isStuck(now)).map(Pulse::loop).toList();
    }
}
