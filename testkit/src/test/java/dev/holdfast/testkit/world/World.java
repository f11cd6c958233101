package dev.holdfast.testkit.world;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.sdk.Step;
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
import java.util.TreeSet;

/**
 * One disk, one node after the other on it, or several at a time, clients and watchers, and chaos, all from one seed. When the clients have done
 * their work nothing goes wrong any more, and every run must reach its end.
 */
final class World {
    private static final long POINTS = 200_000;
    private static final Duration LONG_ENOUGH = Duration.ofHours(1);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final long seed;
    private final Disk disks;
    private final Set<Role.Kind> kinds;
    private final Turns turns;
    private final WorldClock clock;
    private final Chaos chaos;
    private final Crew crew;
    private final Fate fate;
    private final Wire wire;
    private final int size;
    private final SimProcess outside;
    private final Ids ids;
    private final MemoryDisk disk;
    private final History history = new History();
    private final Register register = new Register(history);
    private final List<Event> chronicle = new ArrayList<>();
    private int busy;

    /** How a store is opened on the disk: rightly, or with a guard left out. */
    interface Disk {
        MemoryStore open(MemoryDisk disk, Clock clock, Ids ids);
    }

    private World(long seed, Disk disks, Set<Role.Kind> kinds, int size) {
        this.seed = seed;
        this.disks = disks;
        this.kinds = new TreeSet<>(kinds);
        this.size = size;
        this.disk = new MemoryDisk(isFencedByOpening() ? StreamLog.Fencing.BY_OPENING : StreamLog.Fencing.BY_ROW);
        this.turns = new Turns(Choice.seeded(seed));
        this.clock = new WorldClock(turns);
        this.chaos = new Chaos(seed, turns);
        boolean isLonely = kinds.contains(Role.Kind.SCHEDULES) || kinds.contains(Role.Kind.RETENTION);
        this.crew = new Crew(this, chaos, Duration.ofMillis(isLonely && seed % 2 == 0 ? 30_000 : 1_500));
        this.fate = new Fate(this, disk, chaos, seed);
        this.wire = new Wire(this, seed);
        this.outside = turns.process("outside");
        this.ids = new SeededIds(seed, clock);
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
        return live(seed, disks, Set.of());
    }

    /** Lives through one in which clients of these kinds are, too. */
    static Result live(long seed, Disk disks, Set<Role.Kind> kinds) throws InterruptedException {
        return live(seed, disks, kinds, 1);
    }

    /** Lives through one with so many nodes at a time. */
    static Result live(long seed, Disk disks, Set<Role.Kind> kinds, int nodes) throws InterruptedException {
        var world = new World(seed, disks, kinds, nodes);
        try (world.turns) {
            return world.live();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nThese had not ended: " + world.unfinished(), e);
        }
    }

    private Result live() throws InterruptedException {
        turns.limit(POINTS);
        turns.observe(chaos);
        crew.supervise(this);
        if (isCluster()) outside("fate", fate::cutSome);
        // Two, or one beside those who play a role.
        for (int i = 1; i <= (kinds.isEmpty() ? 2 : 1); i++) {
            busily("customer", new Customer(this, new SplittableRandom(seed * 31 + i), i)::shop);
        }
        var roles = new ArrayList<Role>();
        for (Role.Kind kind : kinds) {
            roles.add(kind.of(this, new SplittableRandom(seed * 37 + kind.name().hashCode())));
        }
        for (Role role : roles) busily(role.getClass().getSimpleName(), role::play);
        turns.await("the customers", () -> busy == 0, null);
        chaos.calm();
        crew.becomeWhole();
        for (Role role : roles) role.leave();
        Instant late = turns.now().plus(LONG_ENOUGH);
        while (!unfinished().isEmpty() && turns.now().isBefore(late)) turns.sleep(LOOK);
        var last = new LastLook(this, register);
        for (RunId id : register.all()) last.at(id);
        turns.await("the watchers", () -> busy == 0, Duration.ofMinutes(1));
        if (busy > 0) complain(busy + " watchers were not told the end");
        for (RunId id : history.runs()) {
            if (!register.hasAskedFor(id)) complain(id + ": nobody has asked for it");
        }
        history.over();
        crew.over();
        return new Result(
                violations(),
                turns.trace().newest(),
                turns.trace().hash(),
                turns.trace().points(),
                chaos.reached(),
                chaos.struck(),
                last.outcomes());
    }

    private List<String> violations() {
        note(new Event.Over(now()));
        var violations = new ArrayList<>(history.violations());
        violations.addAll(register.complaints());
        violations.addAll(FiringCheck.violations(chronicle));
        violations.addAll(RateCheck.violations(chronicle));
        violations.addAll(BurstCheck.violations(chronicle));
        violations.addAll(BatchCheck.violations(chronicle));
        violations.addAll(RerunCheck.violations(chronicle));
        violations.addAll(AgeCheck.violations(chronicle, kept()));
        return violations;
    }

    private List<Run> unfinished() {
        var reads = crew.ledger().reads();
        return register.all().stream()
                .map(id -> reads.run(id).orElse(null))
                .filter(Objects::nonNull)
                .filter(run -> !run.isFinished())
                .toList();
    }

    /** A client knows now that this run is durable, and somebody may watch it. */
    void started(RunId id, int input) {
        if (register.started(id, input) && input % 3 != 0) busily("watcher", () -> watch(id));
    }

    private void watch(RunId id) throws InterruptedException {
        var fold = new FrameFold();
        var watcher = new Onlooker(this, id, "early");
        List<Frame> frames = watcher.watch();
        for (Frame frame : frames) fold.apply(frame.event(), frame.step(), frame.data());
        if (watcher.hasSeenTheEnd()) history.watched(id, "early", fold.text());
    }

    void complain(String what) {
        register.complain(what);
    }

    /** What ends with the world does not fail it. */
    interface Deed {
        void act() throws InterruptedException;
    }

    /** Somebody acts outside of every node. */
    void outside(String who, Deed deed) {
        outside.task(who, () -> {
            try {
                deed.act();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts those outside", e);
            }
        });
    }

    /** … and the world waits until it is done. */
    private void busily(String who, Deed deed) {
        busy++;
        outside(who, () -> {
            deed.act();
            busy--;
        });
    }

    boolean isFencedByOpening() {
        return Math.floorMod(seed, 2L) == 1;
    }

    /** Whether ledgers ask whoever takes runs. */
    boolean asksTakers() {
        return Math.floorMod(seed, 4L) >= 2;
    }

    MemoryStore open() {
        return disks.open(disk, clock, ids);
    }

    boolean plays(Role.Kind kind) {
        return kinds.contains(kind);
    }

    /** How long runs are kept that have ended. */
    Duration kept() {
        return plays(Role.Kind.RETENTION) ? Ages.KEPT : Defaults.RUN_RETENTION;
    }

    /** By the ledger's clock. */
    Instant now() {
        return crew.hasBooted() ? crew.ledger().now() : clock.now();
    }

    /** The body of a step is executed. */
    void executes(Step.Scope step) {
        String[] key = step.key().split(":", 2);
        RunId.parse(key[0]).ifPresent(run -> note(new Event.Executed(now(), run, step.epoch(), new StepKey(key[1]))));
    }

    void note(Event event) {
        chronicle.add(event);
    }

    Crew crew() {
        return crew;
    }

    Fate fate() {
        return fate;
    }

    Wire wire() {
        return wire;
    }

    /** How many nodes are there at a time. */
    int size() {
        return size;
    }

    boolean isCluster() {
        return size > 1;
    }

    long seed() {
        return seed;
    }

    boolean isAlive(Holder node) {
        return disk.isAlive(node);
    }

    WorldClock clock() {
        return clock;
    }

    Turns turns() {
        return turns;
    }

    History history() {
        return history;
    }

    Register register() {
        return register;
    }

    Ids ids() {
        return ids;
    }
}
