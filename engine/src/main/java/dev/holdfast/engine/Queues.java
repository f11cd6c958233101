package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import org.jspecify.annotations.Nullable;

/** Carries out what is asked of queues and lanes, and has claims look again. */
final class Queues {
    private final Ports ports;

    Queues(Ports ports) {
        this.ports = ports;
    }

    void pause(Namespace namespace, String queue, @Nullable String lane, @Nullable String requestId) {
        Starts.name("lane", lane);
        change(namespace, queue, new QueueChange.Pause(lane), requestId);
    }

    void resume(Namespace namespace, String queue, @Nullable String lane, @Nullable String requestId) {
        Starts.name("lane", lane);
        change(namespace, queue, new QueueChange.Resume(lane), requestId);
    }

    void configure(Namespace namespace, String queue, QueueSettings settings, @Nullable String requestId) {
        limit("concurrency", settings.concurrency());
        limit("laneConcurrency", settings.laneConcurrency());
        change(namespace, queue, new QueueChange.Configure(settings), requestId);
    }

    private static void limit(String what, @Nullable Integer limit) {
        if (limit == null || limit > 0) return;
        throw new Refused(
                "limit_invalid",
                what + " is " + limit + ", and a limit is at least 1: name none to have no limit, or pause the queue");
    }

    private void change(Namespace namespace, String queue, QueueChange.What what, @Nullable String requestId) {
        Starts.name("queue", queue);
        Starts.name("request id", requestId);
        Request request = requestId == null
                ? null
                : new Request(namespace, requestId, Starts.fingerprint("queue", queue + "\n" + what), "done");
        switch (ports.ledger().change(new QueueChange(namespace, queue, what, request))) {
            case Receipt.Applied a -> ports.hints().work();
            case Receipt.Repeated r -> {}
            case Receipt.Rejected r -> throw r.why();
            case Receipt.Stale s -> throw new IllegalStateException("a command to a queue has no fence");
            case Receipt.KeyHeld k -> throw new IllegalStateException("only a start takes a business key");
        }
    }
}
