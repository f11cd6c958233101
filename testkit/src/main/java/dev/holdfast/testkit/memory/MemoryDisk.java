package dev.holdfast.testkit.memory;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.engine.port.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What outlives a crash. Its lock guards everything in it. */
public final class MemoryDisk {
    final ReentrantLock lock = new ReentrantLock();
    final NavigableMap<RunId, Stored> runs = new TreeMap<>();
    final Set<RunId> removed = new HashSet<>();
    final Map<RequestKey, Answer> requests = new HashMap<>();
    final Map<BusinessKey, RunId> keys = new HashMap<>();
    final Map<RunId, List<Entry>> streams = new HashMap<>();
    /** Who is told when a run ends. */
    final Map<RunId, NavigableSet<RunId>> waits = new HashMap<>();

    final Map<String, Token> tokens = new HashMap<>();
    final NavigableSet<Waiting> queue = new TreeSet<>();
    Instant newest = Instant.EPOCH;
    long messages;
    long boots;

    record Token(RunId run, StepKey key, Instant until, boolean isCompleted) {}

    record RequestKey(Namespace namespace, String id) {}

    record Answer(Request request, String answer, Instant at) {}

    record BusinessKey(String namespace, String task, String key) {}

    /** A place in the claim index. */
    record Waiting(Instant at, RunId id) implements Comparable<Waiting> {
        private static final Comparator<Waiting> ORDER =
                Comparator.comparing(Waiting::at).thenComparing(Waiting::id);

        @Override
        public int compareTo(Waiting other) {
            return ORDER.compare(this, other);
        }
    }

    /** Replaces what is known of a run; null removes it. */
    void put(RunId id, @Nullable Stored next) {
        Stored before = runs.get(id);
        if (before != null) queue.remove(waiting(before.run));
        if (next == null) {
            runs.remove(id);
        } else {
            runs.put(id, next);
            if (next.claimable) queue.add(waiting(next.run));
        }
    }

    private static Waiting waiting(Run run) {
        return new Waiting(run.place().at(), run.id());
    }

    List<Entry> stream(RunId id) {
        return streams.computeIfAbsent(id, i -> new ArrayList<>());
    }
}
