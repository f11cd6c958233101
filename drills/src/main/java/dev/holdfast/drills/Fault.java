package dev.holdfast.drills;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** What a drill does to a cluster that works, and what must be true of it besides what is always true. */
interface Fault {
    /** As the drill is called. */
    String name();

    /**
     * The database to do it on.
     *
     * @param progress is told what takes time
     */
    default Database database(ClusterDrill.Plan plan, Consumer<String> progress) throws IOException {
        return Database.of(plan.url(), progress);
    }

    /**
     * Does it. The cluster is whole when this begins and when it returns.
     *
     * @return what was seen, as sentences for people
     * @throws IllegalStateException if the cluster did not do what it was waited for; whatever else it throws is as bad
     */
    List<String> happen(Scene scene) throws IOException, InterruptedException;

    /** What was measured besides. */
    default List<Lapse> lapses(Evidence evidence) {
        return List.of();
    }

    /** What it has no verdict about, as sentences. */
    default List<String> unjudged(Evidence evidence) {
        return List.of();
    }

    /** What was promised besides and did not hold, as sentences. */
    List<String> violations(Evidence evidence);
}
