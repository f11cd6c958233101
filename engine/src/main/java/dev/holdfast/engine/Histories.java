package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.engine.port.Claimed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the runs of one claim have behind them. Whoever takes over what a dead node had goes on with many at once: the first
 * of them to ask has it read for his neighbours too, as every read is a round trip and few of them are under way at a time.
 */
final class Histories {
    private static final Logger LOG = LoggerFactory.getLogger(Histories.class);
    /** So many are read at once: their steps are in memory until each has taken its own. */
    private static final int AT_ONCE = 64;

    private final Map<RunId, Part> parts = new HashMap<>();

    /** Nothing is read yet. */
    Histories(Ports ports, List<Claimed> claimed) {
        List<RunId> runs = claimed.stream()
                .map(Claimed::run)
                .filter(Histories::hasAny)
                .map(Run::id)
                .toList();
        for (int from = 0; from < runs.size(); from += AT_ONCE) {
            var some = runs.subList(from, Math.min(runs.size(), from + AT_ONCE));
            var part = new Part(ports, some);
            for (RunId run : some) parts.put(run, part);
        }
    }

    /**
     * What a new epoch goes on with.
     *
     * @param steps that are replayed
     * @param outline of what was sent
     */
    record History(List<StepRecord> steps, List<Entry> outline) {
        static final History NONE = new History(List.of(), List.of());
    }

    /** Whether it was executed before, or steps were recorded before it was started: those of the run that it does again. */
    private static boolean hasAny(Run run) {
        var rerun = run.origin().rerun();
        return run.fence().epoch() > 1 || (rerun != null && rerun.from() != null);
    }

    /** Asked once for each run, by its attempt. */
    History of(RunId run) {
        Part part = parts.get(run);
        return part == null ? History.NONE : part.take(run);
    }

    private static final class Part {
        private final Ports ports;
        private final List<RunId> runs;
        private final Lock lock;
        private @Nullable Map<RunId, History> read;
        private boolean unreadable;

        Part(Ports ports, List<RunId> runs) {
            this.ports = ports;
            this.runs = runs;
            this.lock = ports.threads().lock();
        }

        /** If they cannot be read together, each is read for itself: what is wrong with one is nothing to the others. */
        History take(RunId run) {
            History history = together(run);
            return history != null
                    ? history
                    : Objects.requireNonNull(read(List.of(run)).get(run));
        }

        private @Nullable History together(RunId run) {
            lock.lock();
            try {
                if (unreadable) return null;
                if (read == null) read = read(runs);
                return read.remove(run);
            } catch (RuntimeException | Error e) {
                unreadable = true;
                LOG.warn("what {} runs have behind them cannot be read together: {}", runs.size(), e.toString());
                return null;
            } finally {
                lock.unlock();
            }
        }

        private Map<RunId, History> read(List<RunId> runs) {
            var steps = ports.ledger().reads().steps(runs);
            var outlines = ports.stream().outlines(runs);
            var all = new HashMap<RunId, History>();
            for (RunId run : runs) {
                all.put(run, new History(steps.getOrDefault(run, List.of()), outlines.getOrDefault(run, List.of())));
            }
            return all;
        }
    }
}
