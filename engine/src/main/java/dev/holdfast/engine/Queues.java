package dev.holdfast.engine;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import org.jspecify.annotations.Nullable;

/** Carries out what is asked of queues and lanes, and has claims look again. */
final class Queues {
    private final Ports ports;
    private final Bell tick;

    /** @param tick rung when something may become due before the next regular look */
    Queues(Ports ports, Bell tick) {
        this.ports = ports;
        this.tick = tick;
    }

    void change(Namespace namespace, String queue, QueueChange.What what, @Nullable String requestId) {
        check(what);
        Starts.name("queue", queue);
        Request request = Asked.queue(queue, what).by(namespace, requestId, "done");
        switch (ports.ledger().change(new QueueChange(namespace, queue, what, request))) {
            case Receipt.Applied a -> {
                ports.hints().work();
                // A rate that is another one now opens at another time.
                tick.ring();
            }
            case Receipt.Repeated r -> {}
            case Receipt.Rejected r -> throw r.why();
            case Receipt.Stale s -> throw new IllegalStateException("a command to a queue has no fence");
            case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
        }
    }

    private static void check(QueueChange.What what) {
        switch (what) {
            case QueueChange.OfLane lane -> Starts.name("lane", lane.lane());
            case QueueChange.OfQueue queue -> {
                limit("concurrency", queue.concurrency());
                limit("laneConcurrency", queue.laneConcurrency());
                rate(queue.rate());
            }
        }
    }

    private static void rate(QueueChange.@Nullable To<Rate> rate) {
        Rate limit = rate == null ? null : rate.limit();
        if (limit == null || limit.isValid()) return;
        throw new Refused(
                "limit_invalid",
                "rate is " + limit + ", and a rate is from 1 to " + Defaults.RATE_COUNT
                        + " runs per whole milliseconds, from 1 ms to 1 day: name none to have no limit, or pause the queue");
    }

    private static void limit(String what, QueueChange.@Nullable To<Integer> to) {
        Integer limit = to == null ? null : to.limit();
        if (limit == null || limit > 0) return;
        throw new Refused(
                "limit_invalid",
                what + " is " + limit + ", and a limit is at least 1: name none to have no limit, or pause the queue");
    }
}
