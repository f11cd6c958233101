package dev.holdfast.engine.port;

import dev.holdfast.core.Snapshot;
import java.util.List;

/**
 * Snapshots since a cursor, all by one statement.
 *
 * @param seq the run's newest
 * @param floor the oldest that is kept: what was before it is served from there on
 * @param snapshots after the cursor, oldest first, the newest 50
 * @param omitted older ones that are after the cursor and were left out, or are not kept any more
 */
public record SnapshotWindow(long seq, long floor, List<Snapshot> snapshots, long omitted) {
    /** How many it has at most. */
    public static final int MOST = 50;
}
