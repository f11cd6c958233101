package dev.holdfast.engine.port;

import dev.holdfast.core.RunId;
import java.util.List;

/**
 * What a look for old runs has removed.
 *
 * @param runs that are not there any more
 * @param hasMore whether this look has more
 */
public record Discarded(List<RunId> runs, boolean hasMore) {
    public Discarded {
        runs = List.copyOf(runs);
    }
}
