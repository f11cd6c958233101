package dev.holdfast.engine.port;

import java.util.List;

/**
 * Runs that wait for a slot: their time has come, and whatever else stands against them is not asked here.
 *
 * @param task whose runs they are
 * @param unfit the versions of its code that do not fit them; empty of runs that are not parked
 * @param runs how many
 */
public record Backlog(String task, List<String> unfit, long runs) {
    public Backlog {
        unfit = List.copyOf(unfit);
    }
}
