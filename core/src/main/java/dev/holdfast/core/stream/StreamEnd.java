package dev.holdfast.core.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream ends, recorded in the ledger by the change that finished the run, so that the end is never lost and
 * always last.
 *
 * @param last the number of the last entry, null if whoever finished the run did not know it
 * @param drop what does not stand, if somebody else than the holder finished it; the reader folds it as a last rewind
 */
public record StreamEnd(@Nullable Long last, List<Source> drop) {
    public StreamEnd {
        drop = List.copyOf(drop);
    }
}
