package dev.holdfast.testkit.world;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The runs of a world: for which there is somebody who has asked, and what. And what somebody complains about. */
final class Register {
    /** The input of a run that somebody else had started first. */
    static final int UNKNOWN = -1;

    private final History history;
    private final Map<RunId, Integer> inputs = new TreeMap<>();
    private final Map<RunId, Instant> cancelled = new TreeMap<>();
    private final Set<RunId> others = new TreeSet<>();
    private final Set<String> parents = new TreeSet<>();
    private final List<String> complaints = new ArrayList<>();

    Register(History history) {
        this.history = history;
    }

    /**
     * A client knows now that this run is durable.
     *
     * @return whether nobody has known of it before
     */
    boolean started(RunId id, int input) {
        history.started(id);
        return inputs.putIfAbsent(id, input) == null;
    }

    /** A client knows now that it has asked for the run to be stopped. */
    void cancelled(RunId id, Instant now) {
        cancelled.putIfAbsent(id, now);
    }

    /** Since when it is known that somebody wants it to stop; null if nobody does. */
    @Nullable
    Instant cancelled(RunId id) {
        return cancelled.get(id);
    }

    /** A run has started a child. */
    void begun(Change start) {
        others.add(start.run());
        for (Write write : start.writes()) {
            if (!(write instanceof Write.Row row)) continue;
            Run.Parent parent = row.run().origin().parent();
            // One of a batch has none: it is whoever has asked for that who says what belongs to it.
            if (parent != null && !parents.add(parent.run() + " " + parent.attempt() + " " + parent.key())) {
                complain(start.run() + ": the child of " + parent + " was started twice");
            }
        }
    }

    /** Somebody has asked for it who does not know of it, or not yet: a schedule, or a client whose node has died. */
    void asked(RunId id) {
        others.add(id);
    }

    /** Those that clients know of. */
    List<RunId> known() {
        return List.copyOf(inputs.keySet());
    }

    /** Those that anybody has asked for. */
    List<RunId> all() {
        var all = new ArrayList<>(inputs.keySet());
        others.stream().filter(id -> !inputs.containsKey(id)).forEach(all::add);
        return all;
    }

    int input(RunId id) {
        return inputs.getOrDefault(id, UNKNOWN);
    }

    boolean hasAskedFor(RunId id) {
        return inputs.containsKey(id) || others.contains(id);
    }

    void complain(String what) {
        complaints.add(what);
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }
}
