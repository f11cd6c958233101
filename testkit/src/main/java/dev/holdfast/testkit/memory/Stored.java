package dev.holdfast.testkit.memory;

import dev.holdfast.core.Run;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write.Payload;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that is written down of one run, except its chunks. A change works on a copy, so it is all or nothing. */
final class Stored {
    Run run;
    /** Whether it stands in the claim index. */
    boolean claimable;
    /** Whether it is a child that executes in its parent's slot. */
    boolean under;

    final List<Snapshot> snapshots;
    final Map<Payload.Kind, String> payloads;
    final Map<StepKey, StepRecord> steps;
    final List<Past> history;
    final List<Message.Delivered> inbox;

    final NavigableMap<String, NavigableMap<Long, String>> signals;

    @Nullable
    StreamEnd end;

    /** A step that is not replayed any more. */
    record Past(int attempt, StepRecord step) {}

    Stored(Run run) {
        this.run = run;
        this.snapshots = new ArrayList<>();
        this.payloads = new EnumMap<>(Payload.Kind.class);
        this.steps = new TreeMap<>();
        this.history = new ArrayList<>();
        this.inbox = new ArrayList<>();
        this.signals = new TreeMap<>();
    }

    private Stored(Stored other) {
        this.run = other.run;
        this.claimable = other.claimable;
        this.under = other.under;
        this.snapshots = new ArrayList<>(other.snapshots);
        this.payloads = new EnumMap<>(other.payloads);
        this.steps = new TreeMap<>(other.steps);
        this.history = new ArrayList<>(other.history);
        this.inbox = new ArrayList<>(other.inbox);
        this.signals = new TreeMap<>();
        other.signals.forEach((name, kept) -> this.signals.put(name, new TreeMap<>(kept)));
        this.end = other.end;
    }

    Stored copy() {
        return new Stored(this);
    }
}
