package dev.holdfast.postgres;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Taker;
import dev.holdfast.engine.port.Threads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what is waiting as one transaction, while the next one gathers. Works that touch the same thing are never in one
 * batch: the later one waits for the next, so that within a batch everything can be written at once, table by table.
 *
 * <p><b>Poison.</b> A batch that fails for its content is halved until the culprit is alone and gets the error.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int MOST_AT_ONCE = Defaults.COMMIT_LIMIT;

    private static final int CAREFUL = 100;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Track track;
    private final Batch.Memory memory;
    private final BatchFigures figures;
    /** What one caller hands in together is one element; an empty one is the last. */
    private final LinkedBlockingQueue<List<? extends Work<?>>> queue = new LinkedBlockingQueue<>();

    /** What has been taken from the queue and is in no batch yet. */
    private final List<Work<?>> waiting = new ArrayList<>();

    /** What has been handed in and not answered. */
    private final Set<Work<?>> open = ConcurrentHashMap.newKeySet();

    private final Thread loop;
    private volatile boolean busy;
    private volatile boolean cut;
    /** In how many batches somebody is expected to want what another transaction keeps for long. */
    private int careful;

    private volatile Taker taker = Optional::empty;
    private boolean stopping;
    private boolean closed;

    Writer(Track track, Batch.Memory memory, BatchFigures figures, Threads threads, String name) {
        this.track = track;
        this.memory = memory;
        this.figures = figures;
        this.loop = threads.loop(name, this::run);
    }

    /** See {@link Ledger#takes}. */
    void takes(Taker who) {
        taker = who;
    }

    <T> T perform(Work<T> work) {
        return performAll(List.of(work)).getFirst();
    }

    /** Each of them has its own answer. */
    <T> List<T> performAll(List<? extends Work<T>> all) {
        if (all.isEmpty()) return List.of();
        synchronized (this) {
            if (closed) {
                throw Unavailable.notApplied(
                        "closing", "the ledger is closed and takes nothing any more: nothing was changed", null);
            }
            open.addAll(all);
            queue.add(all);
        }
        if (cut) for (Work<T> work : all) work.failed(Track.isCutMeanwhile());
        try {
            var answers = new ArrayList<T>(all.size());
            for (Work<T> work : all) answers.add(answer(work));
            return answers;
        } finally {
            open.removeAll(all);
        }
    }

    /**
     * Nobody waits here any more: the node has been cut off, and its code has to leave within moments, also while the session is
     * being made anew, which takes as long as the network takes.
     */
    void cut() {
        cut = true;
        track.cut();
        release();
    }

    private void release() {
        for (Work<?> work : open) work.failed(Track.isCutMeanwhile());
    }

    /** The node is answered again, and is who it was. */
    void restore() {
        track.restore();
        cut = false;
    }

    private static <T> T answer(Work<T> work) {
        try {
            return work.answer().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Whether nothing is waiting, nor being committed. */
    boolean isIdle() {
        return queue.isEmpty() && !busy;
    }

    private void run() {
        while (!stopping || !waiting.isEmpty()) {
            try {
                busy = !waiting.isEmpty();
                if (waiting.isEmpty()) take(queue.take());
                busy = true;
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt it, and callers are waiting: it ends when it is closed.
                continue;
            }
            takeMore();
            List<Work<?>> batch = independent();
            try {
                process(batch, () -> made(batch));
                standBack(batch);
            } catch (RuntimeException | Error e) {
                LOG.error("a batch failed for a reason of its own", e);
                var why = Unavailable.indeterminate("ledger_failed", "the ledger failed: " + e, e);
                for (Work<?> work : batch) work.failed(why);
            }
            // Whoever hands in a claim takes it back himself; those that were made are all among these.
            for (Work<?> work : batch) if (work instanceof ClaimWork && work.isSettled()) open.remove(work);
        }
        track.close();
    }

    private void takeMore() {
        for (var next = queue.poll(); next != null; next = queue.poll()) take(next);
    }

    private void take(List<? extends Work<?>> handedIn) {
        if (handedIn.isEmpty()) stopping = true;
        else waiting.addAll(handedIn);
    }

    /** Those that somebody is in the way of come before all others in the next batch, or alone in a moment. */
    private void standBack(List<Work<?>> batch) {
        List<Work<?>> back =
                batch.stream().filter(w -> w.isAside() && !w.isSettled()).toList();
        if (back.isEmpty()) return;
        takeMore();
        if (waiting.isEmpty()) track.rest(LOOK_AGAIN);
        waiting.addAll(0, back);
    }

    /** Takes out what can be done at once; whoever touches what somebody before him touches keeps his place behind him. */
    private List<Work<?>> independent() {
        var batch = new ArrayList<Work<?>>();
        var rest = new ArrayList<Work<?>>();
        var touched = new HashSet<>();
        for (Work<?> work : waiting) {
            boolean free = batch.size() < MOST_AT_ONCE;
            for (Object each : work.touches()) free &= !touched.contains(each);
            touched.addAll(work.touches());
            (free ? batch : rest).add(work);
        }
        waiting.clear();
        waiting.addAll(rest);
        return batch;
    }

    /**
     * A claim for whoever takes what the batch is about to write. What is written wakes him, and on a busy machine he is awake
     * only when it is. Null if he takes nothing.
     */
    private @Nullable ClaimWork made(List<Work<?>> batch) {
        ClaimWork claim = taker.ask().map(ClaimWork::of).orElse(null);
        if (claim == null) return null;
        batch.add(claim);
        open.add(claim);
        if (cut) claim.failed(Track.isCutMeanwhile());
        return claim;
    }

    private void process(List<Work<?>> batch, Supplier<@Nullable ClaimWork> made) {
        try {
            while (!tried(batch, made)) {}
        } catch (Unavailable e) {
            // It may be written, and nobody knows.
            memory.forgetAll();
            for (Work<?> work : batch) work.failed(e);
            return;
        } catch (RuntimeException e) {
            if (!(e instanceof Track.ContentTrouble)) memory.forgetAll();
            if (batch.size() == 1) fail(batch.getFirst(), e);
            else halve(batch);
            return;
        }
        List<Work<?>> done = batch.stream().filter(work -> !work.isAside()).toList();
        figures.committed(done);
        for (Work<?> work : done) work.durable();
        for (Work<?> work : done) work.committed();
    }

    /** What one of them cannot have is nothing to the others. */
    private void halve(List<Work<?>> batch) {
        process(List.copyOf(batch.subList(0, batch.size() / 2)), () -> null);
        process(List.copyOf(batch.subList(batch.size() / 2, batch.size())), () -> null);
    }

    /** Whether it was committed; false if it has to begin anew without one of its works. */
    private boolean tried(List<Work<?>> batch, Supplier<@Nullable ClaimWork> made) {
        try {
            var tries = new AtomicInteger();
            return track.perform(tx -> {
                // Who stands in the way of the first try may do so for long.
                boolean waited = tries.getAndIncrement() > 0;
                if (waited || careful > 0) look(tx, batch);
                new Batch(memory, batch).carryOut(tx, made);
                return true;
            });
        } catch (Surprise e) {
            return batch.stream().allMatch(Work::isSettled);
        }
    }

    private void look(Transaction tx, List<Work<?>> batch) throws SQLException {
        boolean taken = Taken.refuse(tx, batch);
        boolean busy = Busy.sendAside(tx, batch);
        careful = taken || busy ? CAREFUL : Math.max(0, careful - 1);
    }

    private static void fail(Work<?> work, RuntimeException e) {
        if (e instanceof Track.ContentTrouble content) {
            refuse(work, content);
            return;
        }
        LOG.error("it failed for a reason of the ledger's own, and was not written", e);
        work.failed(Unavailable.notApplied("ledger_failed", "the ledger failed: " + e, e));
    }

    private static <T> void refuse(Work<T> work, Track.ContentTrouble e) {
        var why = new Refused("change_invalid", "it cannot be written as it is: " + e.why() + ". This is a bug");
        why.initCause(e);
        work.refused(why);
    }

    /** Commits what was handed in, then ends. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
            queue.add(List.of());
        }
        boolean interrupted = false;
        while (true) {
            try {
                loop.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
