package dev.holdfast.engine.port;

import dev.holdfast.core.Holder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The nodes that work on one ledger, as one of them sees the others. Who is alive is a fact of the ledger, whose writes
 * are fenced by it; what is answered here is as new as this node can know it.
 */
public interface Peers {
    /** This node: a number and a fresh incarnation. */
    Holder node();

    /** Whether there can ever be another node. If not, nobody looks for those who died. */
    boolean isCluster();

    /** How many nodes are alive, this one included. */
    int alive();

    /** Whether this node may take work. While it may not, it accepts and claims nothing; what executes goes on, but begins no step. */
    boolean serving();

    /** Tells the others what this node hosts, by the names of the tasks. */
    void announce(Map<String, Notice> hosted);

    /**
     * What the newest node that hosts a task tells of it, by the names of the tasks. Of one that gives no sign of life
     * nothing, as it may be gone.
     */
    Map<String, Notice> newest();

    /** What the newest node that hosts this one tells of it, also if that gives no sign of life; empty if none hosts it. */
    default Optional<Notice> notice(String task) {
        return Optional.ofNullable(newest().get(task));
    }

    /** The versions of each task that somebody alive hosts; what this node hosts need not be among them. */
    Map<String, Set<String>> hosts();

    /** Calls back when a node may have died, on the thread of whoever noticed it: be quick, do not block. */
    Hints.Listening onDeath(Consumer<Witness> look);

    /** Who has found that a node died. */
    enum Witness {
        /** The first to know. */
        THIS_NODE,
        /** It takes over what the dead one held, and most likely has begun with it. */
        ANOTHER
    }

    /**
     * Asks to be the one node that takes nobody, so that a suspect can be tried alone on it. It is until it takes that back,
     * or dies.
     *
     * @return false if another node is
     */
    boolean closeDoor();

    /** Takes it back; nothing if this node is not the one, or cannot say so: then its death does. */
    void openDoor();

    /** Of a process that has its ledger to itself. */
    static Peers alone(Holder node) {
        return new Alone(node);
    }
}
