package dev.holdfast.postgres.membership;

import dev.holdfast.engine.port.Clock;

/**
 * The sign of life of one loop. The node's heartbeat is only sent if each of those has turned lately, or is idle: a node of which
 * a part is stuck must not keep what it holds.
 */
final class Pulse {
    private final String loop;
    private final Clock clock;
    private final long limit;
    private volatile long turned;
    private volatile boolean idle;

    Pulse(String loop, Clock clock, long limit) {
        this.loop = loop;
        this.clock = clock;
        this.limit = limit;
        this.turned = clock.nanos();
    }

    /** The loop is about to work for a moment. */
    void turned() {
        turned = clock.nanos();
        idle = false;
    }

    /** The loop has nothing to do, and waits for something that may take any time. */
    void idle() {
        idle = true;
    }

    String loop() {
        return loop;
    }

    boolean isStuck(long now) {
        return !idle && now - turned > limit;
    }
}
