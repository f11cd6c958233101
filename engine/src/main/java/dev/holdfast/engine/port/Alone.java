package dev.holdfast.engine.port;

import dev.holdfast.core.Holder;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** There is nobody else, and never will be. */
record Alone(Holder node) implements Peers {
    @Override
    public boolean isCluster() {
        return false;
    }

    @Override
    public int alive() {
        return 1;
    }

    @Override
    public boolean serving() {
        return true;
    }

    @Override
    public void announce(Map<String, Notice> hosted) {}

    @Override
    public Map<String, Notice> newest() {
        return Map.of();
    }

    @Override
    public Map<String, Set<String>> hosts() {
        return Map.of();
    }

    @Override
    public Hints.Listening onDeath(Consumer<Witness> look) {
        return () -> {};
    }

    @Override
    public boolean closeDoor() {
        return true;
    }

    @Override
    public void openDoor() {}
}
