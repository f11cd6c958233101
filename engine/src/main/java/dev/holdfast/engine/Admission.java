package dev.holdfast.engine;

import java.util.Map;

/**
 * What a node can take now. Dispatch hands it to the ledger with every claim; {@code explain} asks it the same
 * questions.
 *
 * @param hosted the version of the code for each task that is hosted
 * @param slots how many attempts it can take beside those it has
 * @param company who executes already
 */
public record Admission(Map<String, String> hosted, int slots, Company company) {
    public Admission {
        hosted = Map.copyOf(hosted);
    }

    /** Of a node on which nobody executes. */
    public Admission(Map<String, String> hosted, int slots) {
        this(hosted, slots, Company.NOBODY);
    }
}
