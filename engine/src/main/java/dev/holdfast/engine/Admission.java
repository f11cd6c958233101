package dev.holdfast.engine;

import dev.holdfast.core.Run;
import java.util.Map;

/**
 * What a node can take now. Dispatch hands it to the ledger with every claim; {@code explain} asks it the same
 * questions.
 *
 * @param hosted the version of the code for each task that is hosted
 * @param newer the version for each of them of which a newer node has other code: that one takes what comes back
 * @param slots how many attempts it can take beside those it has
 * @param company who executes already
 */
public record Admission(Map<String, String> hosted, Map<String, String> newer, int slots, Company company) {
    public Admission {
        hosted = Map.copyOf(hosted);
        newer = Map.copyOf(newer);
    }

    /** Of a node whose code is the newest. */
    public Admission(Map<String, String> hosted, int slots, Company company) {
        this(hosted, Map.of(), slots, company);
    }

    /** … on which nobody executes. */
    public Admission(Map<String, String> hosted, int slots) {
        this(hosted, slots, Company.NOBODY);
    }

    /** Whether it comes back, and is left to the newer code: that may fit, as far as is known. */
    public boolean leaves(Run run) {
        String version = newer.get(run.origin().task());
        return version != null && run.wasStarted() && run.mayFit(version);
    }
}
