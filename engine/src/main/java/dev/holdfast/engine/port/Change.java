package dev.holdfast.engine.port;

import dev.holdfast.core.RunId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run's transition with all that must become visible with it. All or nothing.
 *
 * @param id kept in its snapshot, by which a lost answer is looked up
 * @param run which run
 * @param expect the fence
 * @param request the request id under which it was asked for, if any
 * @param writes in any order; the ledger has an order of its own
 */
public record Change(
        UUID id, RunId run, Expect expect, @Nullable Request request, List<Write> writes) {
    public Change {
        writes = List.copyOf(writes);
    }
}
