package dev.holdfast.nats;

import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries short words between nodes, over core NATS: each node has a subject. What is carried may be lost; what could not be
 * carried is said, so that it can go another way.
 */
public final class NatsPost implements AutoCloseable {
    private final Wire wire;
    private final String subjects;
    private volatile @Nullable Ear ear;

    /** What hears for one node. */
    private record Ear(Dispatcher dispatcher, Runnable missed) {}

    NatsPost(Wire wire, String subjects) {
        this.wire = wire;
        this.subjects = subjects;
    }

    /** Says something to a node; false if it cannot be said this way now. */
    public boolean say(long node, String word) {
        if (!wire.isConnected()) return false;
        try {
            wire.connection().publish(subjects + node, word.getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /**
     * Hears for this node from now on, and for no other one any more.
     *
     * @param heard each word
     * @param missed some may have been
     */
    public synchronized void hear(long node, Consumer<String> heard, Runnable missed) {
        close();
        Dispatcher dispatcher = wire.connection()
                .createDispatcher(
                        (Message message) -> heard.accept(new String(message.getData(), StandardCharsets.UTF_8)));
        dispatcher.subscribe(subjects + node);
        ear = new Ear(dispatcher, missed);
    }

    /** The connection is there again, and whoever hears hears again. */
    void isBack() {
        Ear present = ear;
        if (present != null) present.missed().run();
    }

    /** Hears for nobody any more. */
    @Override
    public synchronized void close() {
        Ear present = ear;
        ear = null;
        if (present == null) return;
        try {
            wire.connection().closeDispatcher(present.dispatcher());
        } catch (IllegalArgumentException | IllegalStateException e) {
            // The connection is closed, and with it who hears.
        }
    }
}
