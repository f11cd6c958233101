package dev.holdfast.engine.port;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.StreamEnd;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All there is to see of a run, read at one moment.
 *
 * @param run its row
 * @param input JSON
 * @param output JSON; null unless it succeeded
 * @param error of the newest failed attempt; null if none failed, or if it succeeded in the end
 * @param end where its stream ends; as long as it has not, see {@link Reads#end}
 * @param snapshots oldest first; the newest 200
 * @param steps by key; history not included
 */
public record RunView(
        Run run,
        String input,
        @Nullable String output,
        @Nullable RunError error,
        @Nullable StreamEnd end,
        List<Snapshot> snapshots,
        List<StepRecord> steps) {}
