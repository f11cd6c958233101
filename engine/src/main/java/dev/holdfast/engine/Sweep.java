package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Ledger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for what nobody cares for any more, and puts it on its way again, in bounded batches, each a commit of its own.
 *
 * <p>It looks for what there is, not for what it did: a crash in the middle of it loses nothing, and several nodes may do
 * it at the same time. Whoever is second is stale, and goes on with the rest; so does whoever meets a run that cannot be
 * written, which is told and met again by the next sweep.
 */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final int BATCH = 256;
    /** Somebody waits for what was lost: a few go on at once, while the others are still on their way. */
    private static final int FIRST_BATCH = 16;

    private static final int GROWTH = 4;

    private final Desk desk;

    Sweep(Desk desk) {
        this.desk = desk;
    }

    /** The holders of these runs are gone: they go where the rules say. Answers how many. */
    int orphans() {
        int[] lost = {0};
        rounds(
                limit -> ledger().orphans(desk.ports().node(), limit),
                Sweep::isAsTried,
                found -> lost[0] += desk.lost(found));
        return lost[0];
    }

    /**
     * This very node holds them, and nobody executes them: an engine before this one has stopped them because the node
     * was cut off, and it was not declared dead. Nobody is blamed. Answers how many.
     */
    int returned() {
        return returned(run -> false);
    }

    /** As those, of an engine that was abandoned, but for what its code still executes. Answers how many. */
    int returned(Predicate<RunId> executesHere) {
        int[] back = {0};
        rounds(
                limit -> ledger().held(desk.ports().node(), limit),
                (run, before) -> executesHere.test(run.id()) || isAsTried(run, before),
                found -> back[0] += desk.givenBack(found));
        return back[0];
    }

    /** The code of these runs, which had ended before it left, has left since, or its node is gone: their slots are free. */
    void lingering(Predicate<RunId> executesHere) {
        rounds(
                limit -> ledger().lingering(desk.ports().node(), limit),
                // Those that stay are as good as done: they may be all that a look shows, and the next one is for more.
                (run, before) -> executesHere.test(run.id()) || isAsTried(run, before),
                desk::left);
    }

    /** What did not fit may fit code that is new here: it is tried again, once. */
    void parked() {
        rounds(
                limit -> ledger().parked(limit),
                (run, before) -> before != null,
                found -> desk.decideAll(
                        found, run -> desk.hosts(run.origin().task()) ? new Command.Unpark() : null, () -> {}));
    }

    private Ledger ledger() {
        return desk.ports().ledger();
    }

    private static boolean isAsTried(Run run, @Nullable Fence before) {
        return run.fence().equals(before);
    }

    /** @param isDone whether a run, and how it was tried if it was, is not to be tried now */
    private static void rounds(
            IntFunction<List<Run>> look, BiPredicate<Run, @Nullable Fence> isDone, Consumer<List<Run>> decide) {
        Map<RunId, Fence> tried = new HashMap<>();
        int done = 0;
        int batch = FIRST_BATCH;
        while (true) {
            int limit = batch + done;
            List<Run> found = look.apply(limit);
            List<Run> open = found.stream()
                    .filter(run -> !isDone.test(run, tried.get(run.id())))
                    .toList();
            if (open.isEmpty() && found.size() < limit) return;
            done = found.size() - open.size();
            batch = Math.min(BATCH, batch * GROWTH);
            open.forEach(run -> tried.put(run.id(), run.fence()));
            try {
                decide.accept(open);
            } catch (Unavailable e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.error(
                        "of {} runs that nobody cares for, some could not be written; trying again later",
                        open.size(),
                        e);
            }
        }
    }
}
