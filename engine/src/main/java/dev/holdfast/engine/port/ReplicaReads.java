package dev.holdfast.engine.port;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a replica of the ledger may answer, which is behind: nothing is decided by it. Where there is no replica, or it is not
 * asked, the primary answers.
 *
 * <p>What cannot be read of a replica is {@link Unavailable} {@code replica_unavailable}, and is never asked of the primary
 * instead: a broken replica must not turn its load onto who writes.
 */
public interface ReplicaReads {
    /**
     * Snapshots since a cursor, of a reader that has come as far as {@code since} and {@code atLeast}.
     *
     * @param since the seq of the cursor
     * @param atLeast a seq that the caller was told of; 0 for none. If the run has not come so far, it is shown as it is
     * @return empty if the run is not there or {@code since} is above its seq
     */
    Optional<SnapshotWindow> snapshots(Namespace namespace, RunId id, long since, long atLeast);

    /** Newest first; {@code before} is the last id of the previous page. */
    List<Run> runs(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit);
}
