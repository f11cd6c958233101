package dev.holdfast.testkit.world;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The nodes of a world: in each of its places one after the other. */
final class Crew {
    private final List<Boots> places = new ArrayList<>();
    private int asked;

    /** @param longest for how long nobody is in a place at most */
    Crew(World world, Chaos chaos, Duration longest) {
        for (int i = 0; i < world.size(); i++) places.add(new Boots(world, chaos, i, longest));
    }

    /** Begins. */
    void supervise(World world) {
        for (Boots place : places) world.outside("supervisor", place::supervise);
    }

    /**
     * One that is up, if any is: clients know all of them.
     *
     * @throws Unavailable if there never was one
     */
    Node node() {
        Node found = null;
        for (int i = 0; i < places.size(); i++) {
            Boots place = places.get(asked++ % places.size());
            if (!place.hasBooted()) continue;
            found = place.node();
            if (found.isUp()) return found;
        }
        if (found == null) throw Unavailable.notApplied("down", "no node has booted yet", null);
        return found;
    }

    /** Those that are up. */
    List<Node> up() {
        return places.stream()
                .filter(Boots::hasBooted)
                .map(Boots::node)
                .filter(Node::isUp)
                .toList();
    }

    /** For looking: nothing happens when it is asked. */
    Ledger ledger() {
        return places.stream()
                .filter(Boots::hasBooted)
                .findFirst()
                .orElseThrow(() -> Unavailable.notApplied("down", "no node has booted yet", null))
                .node()
                .store()
                .ledger();
    }

    boolean hasBooted() {
        return places.stream().anyMatch(Boots::hasBooted);
    }

    /** From now on all the code is there. */
    void becomeWhole() throws InterruptedException {
        for (Boots place : places) if (place.hasBooted()) place.becomeWhole();
    }

    /** Nobody is started again. */
    void over() {
        places.forEach(Boots::over);
    }
}
