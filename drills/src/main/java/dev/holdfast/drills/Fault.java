package dev.holdfast.drills;

import java.io.IOException;
import java.util.List;

/** What a drill does to a cluster that works, and what must be true of it besides what is always true. */
interface Fault {
    /** As the drill is called. */
    String name();

    /**
     * Does it. The cluster is whole when this begins and when it returns.
     *
     * @return what was seen, as sentences for people
     * @throws IllegalStateException if the cluster did not do what it was waited for
     */
    List<String> happen(Scene scene) throws IOException, InterruptedException;

    /** What was promised besides and did not hold, as sentences. */
    List<String> violations(Evidence evidence);
}
