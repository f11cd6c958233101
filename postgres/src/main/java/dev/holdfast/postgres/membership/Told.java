package dev.holdfast.postgres.membership;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener, and goes on whatever that does: a node does not die of its listener. */
final class Told implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Told.class);

    private final Listener listener;

    Told(Listener listener) {
        this.listener = listener;
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("the listener of a node failed at what it was told", e);
        }
    }

    @Override
    public void suspended() {
        tell(listener::suspended);
    }

    @Override
    public void stop() {
        tell(listener::stop);
    }

    @Override
    public void overdue() {
        tell(listener::overdue);
    }

    @Override
    public void resumed(Pause pause) {
        tell(() -> listener.resumed(pause));
    }

    @Override
    public void dead(String why) {
        tell(() -> listener.dead(why));
    }

    @Override
    public void found(Found dead) {
        tell(() -> listener.found(dead));
    }

    @Override
    public void died(long number) {
        tell(() -> listener.died(number));
    }

    @Override
    public void joined(long number) {
        tell(() -> listener.joined(number));
    }

    @Override
    public void heard(String payload) {
        tell(() -> listener.heard(payload));
    }

    @Override
    public void missed() {
        tell(listener::missed);
    }
}
