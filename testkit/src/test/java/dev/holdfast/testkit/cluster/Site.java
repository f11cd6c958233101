package dev.holdfast.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.testkit.SeededIds;
import dev.holdfast.testkit.memory.MemoryDisk;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.sim.Choice;
import dev.holdfast.testkit.sim.Turns;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Several real engines on one ledger in memory. Threads take turns, and time passes only when it is told to. */
final class Site implements AutoCloseable {
    private static final long POINTS = 1_000_000;

    final Turns turns = new Turns(Choice.inOrder());
    final MemoryDisk disk;
    final Ids ids = new SeededIds(7, turns.clock());
    final List<Member> members = new ArrayList<>();
    private final Duration look;
    private final int slots;

    Site(int slots, Duration look) {
        this(slots, look, StreamLog.Fencing.BY_ROW);
    }

    Site(int slots, Duration look, StreamLog.Fencing fencing) {
        this.disk = new MemoryDisk(fencing);
        this.slots = slots;
        this.look = look;
    }

    EngineOptions options() {
        return new EngineOptions(
                slots,
                look,
                Defaults.RUN_RETENTION,
                Duration.ofSeconds(5),
                OpenTelemetry.noop().getMeter("test"));
    }

    /** Another node joins. */
    Member join(Hosted... hosted) {
        turns.limit(POINTS);
        var store = MemoryStore.join(disk, turns.clock(), ids);
        var member = new Member(this, store, turns.process("node " + members.size()), List.of(hosted));
        members.add(member);
        member.open();
        settle();
        return member;
    }

    /** Everything happens that needs no time. */
    void settle() {
        turns.limit(POINTS);
        turns.settle();
    }

    void pass(Duration time) {
        turns.limit(POINTS);
        try {
            turns.sleep(time);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        settle();
    }

    RunId start(Member at, String task, String input) {
        RunId id = at.engine()
                .start(new StartRequest(
                        Namespace.DEFAULT, task, input, StartRequest.Identity.NONE, StartRequest.Options.NONE))
                .id();
        settle();
        return id;
    }

    RunView view(RunId id) {
        return members.getFirst()
                .store()
                .ledger()
                .reads()
                .view(Namespace.DEFAULT, id)
                .orElseThrow();
    }

    Run run(RunId id) {
        return view(id).run();
    }

    void assertHeld(RunId id, Member by) {
        Holder holder = run(id).fence().holder();
        assertThat(holder).as("holder of %s", run(id)).isEqualTo(by.node());
    }

    void assertEnded(RunId id, Outcome outcome) {
        assertThat(run(id).status().outcome()).as("outcome of %s", run(id)).isEqualTo(outcome);
    }

    @Override
    public void close() {
        turns.close();
    }
}
