package dev.holdfast.engine.port;

import dev.holdfast.core.Snapshot;
import java.util.List;

/**
 * Snapshots since a cursor.
 *
 * @param seq the run's newest, by the same statement
 * @param snapshots after the cursor, oldest first, the newest 50
 * @param omitted older ones that are after the cursor and were left out
 */
public record SnapshotWindow(long seq, List<Snapshot> snapshots, long omitted) {}
