package dev.holdfast.postgres.ladder;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.ReplicaReads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.SnapshotWindow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads that a replica may answer. For snapshots it is the one that has come as far as the reader needs: the replica; if it
 * has not, the replica again after a moment, in which it usually catches up; then the primary.
 *
 * <p>A reader has come so far if the seq in its row of the run, which stands in the same answer as the snapshots, is at least
 * what is needed. That the snapshot of the cursor itself is in the answer would be no sign: it is older than the newest fifty
 * of a run that is busy, and the start has none.
 *
 * <p>A replica that does not show this node is behind for everybody: it may be one of a copy (see {@link Descent}).
 *
 * <p>Behind in other ways is no reason to ask further: the next poll catches up. So a replica that is late costs the primary
 * one read for each reader that is ahead of it, and one that is broken costs it nothing.
 */
final class Ladder implements ReplicaReads {
    private final Replica replica;
    private final Reads primary;

    Ladder(Replica replica, Reads primary) {
        this.replica = replica;
        this.primary = primary;
    }

    @Override
    public Optional<SnapshotWindow> snapshots(Namespace namespace, RunId id, long since, long atLeast) {
        long need = Math.max(since, atLeast);
        var first = ofReplica(namespace, id, since);
        if (reached(first, need)) return first;
        if (waited()) {
            var second = ofReplica(namespace, id, since);
            if (reached(second, need)) {
                replica.misses().replicaRetry();
                return second;
            }
        }
        var last = primary.snapshots(namespace, id, since);
        if (last.isEmpty()) replica.misses().unknown(id, since);
        else if (reached(last, need)) replica.misses().primary(id, since, atLeast);
        else replica.misses().ahead();
        return last;
    }

    private Optional<SnapshotWindow> ofReplica(Namespace namespace, RunId id, long since) {
        return shown(() -> replica.reads().snapshots(namespace, id, since)).flatMap(window -> window);
    }

    /** Nothing of one that does not even show this node: it has not come as far as anybody needs. */
    private static <T> Optional<T> shown(Supplier<T> answer) {
        try {
            return Optional.of(answer.get());
        } catch (Behind e) {
            return Optional.empty();
        }
    }

    private static boolean reached(Optional<SnapshotWindow> window, long need) {
        return window.isPresent() && window.get().seq() >= need;
    }

    /** Not all at the same time: those that were told by one hint would come again together. */
    private boolean waited() {
        long most = replica.options().most().toNanos();
        if (most == 0) return false;
        long least = replica.options().least().toNanos();
        long wait = least + (long) ((most - least) * replica.ports().ids().dice());
        try {
            replica.ports().threads().bell().await(Duration.ofNanos(wait));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unavailable.notApplied(
                    "interrupted", "the thread that waited for the replica of run snapshots was interrupted", e);
        }
    }

    @Override
    public List<Run> runs(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        Supplier<List<Run>> list = () -> replica.reads().runs(namespace, filter, before, limit);
        var first = shown(list);
        if (first.isPresent()) return first.get();
        var second = waited() ? shown(list) : first;
        return second.orElseThrow(this::notOurs);
    }

    private Unavailable notOurs() {
        replica.misses().failed();
        return Unavailable.notApplied(
                ReplicaReaders.CODE,
                "the replica does not show this node, so that it is behind or none of this database, and the primary is not"
                        + " asked in its place: ask again",
                null);
    }
}
