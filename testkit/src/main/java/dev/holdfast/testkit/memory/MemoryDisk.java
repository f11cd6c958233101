package dev.holdfast.testkit.memory;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.engine.port.Notice;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.StreamLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    final StreamLog.Fencing fencing;
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
    final Map<QueueKey, QueueSettings> settings = new HashMap<>();
    /** The newest claims of each queue that has a rate, as many as that says. */
    final Map<QueueKey, List<Instant>> claims = new HashMap<>();

    final Set<QueueKey> pausedQueues = new HashSet<>();
    final Set<LaneName> pausedLanes = new HashSet<>();
    /** When each lane had its last turn. */
    final Map<LaneKey, Long> served = new HashMap<>();

    /** The queues in which the last run that took a free slot had executed before. */
    final Set<QueueKey> lastResumed = new HashSet<>();

    /** By namespace and name. */
    final NavigableMap<ScheduleKey, StoredSchedule> schedules = new TreeMap<>();

    /** Those that are alive, with what each of them hosts. */
    final Map<Holder, Map<String, Notice>> nodes = new LinkedHashMap<>();

    /** Who takes nobody, so that a suspect can be tried alone. */
    @Nullable
    Holder door;

    long turns;
    Instant newest = Instant.EPOCH;
    long messages;
    long boots;

    /** Its streams are fenced by the rows of runs. */
    public MemoryDisk() {
        this(StreamLog.Fencing.BY_ROW);
    }

    /** @param fencing of its streams */
    public MemoryDisk(StreamLog.Fencing fencing) {
        this.fencing = fencing;
    }

    record Token(RunId run, StepKey key, Instant until, boolean isCompleted) {}

    record ScheduleKey(String namespace, String name) implements Comparable<ScheduleKey> {
        private static final Comparator<ScheduleKey> ORDER =
                Comparator.comparing(ScheduleKey::namespace).thenComparing(ScheduleKey::name);

        @Override
        public int compareTo(ScheduleKey other) {
            return ORDER.compare(this, other);
        }
    }

    record RequestKey(Namespace namespace, String id) {}

    record Answer(Request request, String answer, Instant at) {}

    record BusinessKey(String namespace, String task, String key) {}

    record QueueKey(Namespace namespace, String queue) {
        static QueueKey of(Run run) {
            return new QueueKey(run.origin().namespace(), run.place().queue());
        }
    }

    record LaneName(QueueKey queue, String lane) {}

    /** @param lane null for the runs of a queue that are in none */
    record LaneKey(QueueKey queue, @Nullable Lane lane) {
        static LaneKey of(Run run) {
            return new LaneKey(QueueKey.of(run), run.place().lane());
        }
    }

    /** A place in the claim index. */
    record Waiting(Instant at, RunId id) implements Comparable<Waiting> {
        private static final Comparator<Waiting> ORDER =
                Comparator.comparing(Waiting::at).thenComparing(Waiting::id);

        @Override
        public int compareTo(Waiting other) {
            return ORDER.compare(this, other);
        }
    }

    /** This node is dead, whatever it does from now on. Answers whether it was alive. */
    public boolean bury(Holder node) {
        lock.lock();
        try {
            if (node.equals(door)) door = null;
            return nodes.remove(node) != null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this node is one of those that are alive. */
    public boolean isAlive(Holder node) {
        lock.lock();
        try {
            return nodes.containsKey(node);
        } finally {
            lock.unlock();
        }
    }

    /** Removes all that is of this run. */
    void forget(RunId id) {
        keys.values().removeIf(id::equals);
        put(id, null);
        if (fencing == StreamLog.Fencing.BY_ROW) streams.remove(id);
        waits.remove(id);
        tokens.values().removeIf(t -> t.run().equals(id));
    }

    /** Replaces what is known of a run; null removes it. */
    void put(RunId id, @Nullable Stored next) {
        Stored before = runs.get(id);
        if (before != null) queue.remove(waiting(before.run));
        if (next == null) {
            runs.remove(id);
        } else {
            runs.put(id, next);
            if (!next.claimable) return;
            queue.add(waiting(next.run));
            // A lane that comes is as if it had just been served: it waits for one turn of each other at most.
            served.computeIfAbsent(LaneKey.of(next.run), key -> ++turns);
        }
    }

    static Waiting waiting(Run run) {
        // What is to compensate goes ahead.
        return new Waiting(
                run.status().cancelled() ? Instant.EPOCH : run.place().at(), run.id());
    }

    /** The newest entries of a stream are gone, as after a power failure of a log that does not sync each of them. */
    public void loseEntries(RunId id, int many) {
        lock.lock();
        try {
            for (int i = 0; i < many; i++) stream(id).removeLast();
        } finally {
            lock.unlock();
        }
    }

    List<Entry> stream(RunId id) {
        return streams.computeIfAbsent(id, i -> new ArrayList<>());
    }
}
