package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.Wait;
import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.History;
import dev.holdfast.testkit.SeededIds;
import dev.holdfast.testkit.memory.MemoryDisk;
import dev.holdfast.testkit.memory.MemoryStore;
import dev.holdfast.testkit.sim.Choice;
import dev.holdfast.testkit.sim.SimProcess;
import dev.holdfast.testkit.sim.Turns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One disk, one node after the other on it, clients and watchers, and chaos, all from one seed. When the clients have done
 * their work nothing goes wrong any more, and every run must reach its end.
 */
final class World {
    /** The input of a run that somebody else had started first. */
    static final int UNKNOWN = -1;

    private static final int CUSTOMERS = 2;
    private static final long POINTS = 100_000;
    private static final Duration LONG_ENOUGH = Duration.ofHours(1);
    /** A cancel is obeyed after that long at the latest, whatever was lost. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final Duration ZOMBIES_LIVE = Duration.ofSeconds(10);

    private final long seed;
    private final Disk disks;
    private final Turns turns;
    private final Chaos chaos;
    private final SimProcess outside;
    private final Ids ids;
    private final MemoryDisk disk = new MemoryDisk();
    private final History history = new History();
    private final Map<RunId, Integer> inputs = new TreeMap<>();
    private final Map<RunId, Instant> cancelled = new TreeMap<>();
    private final Set<RunId> children = new TreeSet<>();
    private final Set<String> parents = new TreeSet<>();
    private final List<String> complaints = new ArrayList<>();
    private @Nullable Node node;
    private final Map<Outcome, Integer> outcomes = new TreeMap<>();
    private int boots;
    private int busy;
    private boolean over;

    /** How a store is opened on the disk: rightly, or with a guard left out. */
    interface Disk {
        MemoryStore open(MemoryDisk disk, Turns turns, Ids ids);
    }

    World(long seed, Disk disks) {
        this.seed = seed;
        this.disks = disks;
        this.turns = new Turns(Choice.seeded(seed));
        this.chaos = new Chaos(seed, turns);
        this.outside = turns.process("outside");
        this.ids = new SeededIds(seed, turns.clock());
    }

    /**
     * What one seed has come to.
     *
     * @param violations empty if every promise was kept
     * @param newest the last points
     * @param hash of all decisions
     * @param points how many were reached
     * @param reached how often a node was there, by place
     * @param struck how often something went wrong, by place or call
     * @param outcomes how often runs ended like this
     */
    record Result(
            List<String> violations,
            String newest,
            long hash,
            long points,
            Map<String, Integer> reached,
            Map<String, Integer> struck,
            Map<Outcome, Integer> outcomes) {}

    /** Lives through it. */
    static Result live(long seed, Disk disks) throws InterruptedException {
        var world = new World(seed, disks);
        try (world.turns) {
            return world.live();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nThese had not ended: " + world.unfinished(), e);
        }
    }

    private Result live() throws InterruptedException {
        turns.limit(POINTS);
        turns.observe(chaos);
        outside.task("supervisor", this::supervise);
        for (int i = 1; i <= CUSTOMERS; i++) {
            var customer = new Customer(this, new SplittableRandom(seed * 31 + i), i);
            busy++;
            outside.task("customer", () -> {
                interruptible(customer::shop);
                busy--;
            });
        }
        turns.await("the customers", () -> busy == 0, null);
        chaos.calm();
        Instant late = turns.now().plus(LONG_ENOUGH);
        while (!allEnded() && turns.now().isBefore(late)) turns.sleep(Duration.ofSeconds(1));
        for (RunId id : inputs.keySet()) conclude(id);
        for (RunId id : children) conclude(id);
        turns.await("the watchers", () -> busy == 0, Duration.ofMinutes(1));
        if (busy > 0) complaints.add(busy + " watchers were not told the end");
        for (RunId id : history.runs()) {
            if (!inputs.containsKey(id) && !children.contains(id)) complaints.add(id + ": nobody has asked for it");
        }
        history.over();
        over = true;
        var violations = new ArrayList<>(history.violations());
        violations.addAll(complaints);
        return new Result(
                violations,
                turns.trace().newest(),
                turns.trace().hash(),
                turns.trace().points(),
                chaos.reached(),
                chaos.struck(),
                outcomes);
    }

    private List<Run> unfinished() {
        var reads = node().store().ledger().reads();
        return Stream.concat(inputs.keySet().stream(), children.stream())
                .map(id -> reads.run(id).orElse(null))
                .filter(Objects::nonNull)
                .filter(run -> !run.isFinished())
                .toList();
    }

    private boolean allEnded() {
        var reads = node().store().ledger().reads();
        return inputs.keySet().stream()
                        .allMatch(id -> reads.run(id).map(Run::isFinished).orElse(true))
                && children.stream()
                        .allMatch(id -> reads.run(id).map(Run::isFinished).orElse(true));
    }

    /** The last look at a run: what it is, what a watcher sees who comes only now, and what it should have said. */
    private void conclude(RunId id) throws InterruptedException {
        RunView view =
                node().store().ledger().reads().view(Namespace.DEFAULT, id).orElse(null);
        if (view == null) return;
        history.seen(view);
        if (!view.run().isFinished()) return;
        checkCancel(view);
        var late = new FrameFold();
        var watcher = new Onlooker(this, id, "late");
        for (Frame frame : watcher.watch()) late.apply(frame.event(), frame.step(), frame.data());
        String text = late.text();
        history.text(id, text);
        outcomes.merge(view.run().status().outcome(), 1, Integer::sum);
        checkOutput(view);
        checkSignals(view);
        int input = inputs.getOrDefault(id, UNKNOWN);
        if (view.run().status().outcome() == Outcome.SUCCEEDED && input != UNKNOWN) {
            history.watched(
                    id, "what the code sends", Workload.text(view.run().origin().task(), input));
        }
    }

    /** A process that dies is started again. */
    private void supervise() {
        interruptible(() -> {
            while (!over) {
                String name = Node.NAME + ++boots;
                SimProcess process = turns.process(name);
                var traffic = new Traffic(this, chaos, history);
                var next = Node.boot(this, process, traffic);
                traffic.of(next);
                node = next;
                chaos.aimAt(next);
                turns.await("the end of " + name, next::isDown, null);
                turns.sleep(Duration.ofMillis(new SplittableRandom(seed + boots).nextInt(1_500)));
                if (next.isReplaced()) outside.task("zombie", () -> interruptible(() -> haunt(next)));
            }
        });
    }

    /** A process that stood still goes on for a while, and does not know that another one has taken its place. */
    private void haunt(Node zombie) throws InterruptedException {
        turns.sleep(Duration.ofMillis(200));
        zombie.process().thaw();
        turns.sleep(ZOMBIES_LIVE);
        zombie.process().kill();
    }

    Node node() {
        Node present = node;
        if (present == null) throw Unavailable.notApplied("down", "the node has not booted yet", null);
        return present;
    }

    /** A client knows now that this run is durable. */
    void started(RunId id, int input) {
        history.started(id);
        boolean known = inputs.putIfAbsent(id, input) != null;
        if (known || input % 3 == 0) return;
        busy++;
        outside.task("watcher", () -> {
            interruptible(() -> watch(id));
            busy--;
        });
    }

    private void watch(RunId id) throws InterruptedException {
        var fold = new FrameFold();
        var watcher = new Onlooker(this, id, "early");
        List<Frame> frames = watcher.watch();
        for (Frame frame : frames) fold.apply(frame.event(), frame.step(), frame.data());
        if (watcher.hasSeenTheEnd()) history.watched(id, "early", fold.text());
    }

    /** A client knows now that it has asked for the run to be stopped. */
    void cancelled(RunId id) {
        cancelled.putIfAbsent(id, turns.now());
    }

    /** Whatever the code went through, it has returned what is recorded. */
    private void checkOutput(RunView view) {
        if (!view.run().origin().task().equals("story")) return;
        String output = view.output();
        String recorded = view.steps().stream()
                .filter(step -> step.name().startsWith("part"))
                .map(step -> step.result() + ",")
                .collect(Collectors.joining("", "[", ""));
        if (output != null && !output.startsWith(recorded)) {
            complaints.add(view.run().id() + ": it returned " + output + ", recorded is " + recorded);
        }
    }

    /** What one wait has taken, no other one takes. */
    private void checkSignals(RunView view) {
        var taken = view.steps().stream()
                .filter(step -> step.awaits() instanceof Wait.Signal && step.result() != null)
                .map(StepRecord::result)
                .toList();
        if (taken.stream().distinct().count() < taken.size()) {
            complaints.add(view.run().id() + ": it took a signal twice: " + taken);
        }
    }

    /** A run has started a child. */
    void begun(Change start) {
        children.add(start.run());
        for (Write write : start.writes()) {
            if (!(write instanceof Write.Row row)) continue;
            Run.Parent parent = row.run().origin().parent();
            if (parent == null || !parents.add(parent.run() + " " + parent.attempt() + " " + parent.key())) {
                complaints.add(start.run() + ": the child of " + parent + " was started twice");
            }
        }
    }

    private void checkCancel(RunView view) {
        Instant asked = cancelled.get(view.run().id());
        if (asked == null || view.run().status().outcome() != Outcome.SUCCEEDED) return;
        Instant ended = view.snapshots().getLast().at();
        if (ended.isAfter(asked.plus(PATIENCE))) {
            complaints.add(
                    view.run().id() + ": it was to be cancelled from " + asked + " on, and succeeded at " + ended);
        }
    }

    void complain(String what) {
        complaints.add(what);
    }

    /** What ends with the world does not fail it. */
    private interface Deed {
        void act() throws InterruptedException;
    }

    private static void interruptible(Deed deed) {
        try {
            deed.act();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts those outside", e);
        }
    }

    List<RunId> known() {
        return List.copyOf(inputs.keySet());
    }

    MemoryStore open() {
        return disks.open(disk, turns, ids);
    }

    Turns turns() {
        return turns;
    }

    History history() {
        return history;
    }

    Ids ids() {
        return ids;
    }
}
