package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Stop;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may happen in one queue, by chance, and step by step. */
final class LaneStory {
    static final Map<String, String> HOSTED = Map.of("t", "1", "u", "1");
    static final int ALL = 1_000;
    private static final List<Lane> LANES =
            List.of(Lane.concurrent("a"), Lane.concurrent("b"), Lane.serial("s"), Lane.serial("talk"));

    private final Lab lab;
    private final Random random;
    private final Random rates;
    private final String queue;
    private final Set<RunId> runs = new LinkedHashSet<>();
    private final List<String> told = new ArrayList<>();
    private final List<Instant> claims = new ArrayList<>();
    private QueueSettings settings = QueueSettings.NONE;

    LaneStory(Lab lab, Random random, String queue) {
        this.lab = lab;
        this.random = random;
        this.queue = queue;
        this.rates = new Random(queue.hashCode());
    }

    String queue() {
        return queue;
    }

    @Override
    public String toString() {
        return queue + "\n" + String.join("\n", told);
    }

    void step() {
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> start();
            case 3, 4, 5 -> claim(1 + random.nextInt(4), random.nextBoolean() ? HOSTED : Map.of("t", "1"));
            case 6, 7, 8, 9 -> some().ifPresent(this::touch);
            case 10 -> pass(Duration.ofMillis(1 + random.nextInt(4_000)));
            case 11 -> change(anyChange());
            case 12 -> {
                some().ifPresent(this::touch);
                change(QueueChange.resume(null));
            }
            default -> sweep();
        }
    }

    void tell(String what) {
        told.add(lab.ledger().now() + " " + what);
    }

    private void start() {
        var draft = lab.draft(random.nextInt(4) == 0 ? "u" : "t").queue(queue);
        Lane lane = random.nextInt(5) == 0 ? null : LANES.get(random.nextInt(LANES.size()));
        if (random.nextInt(4) == 0) draft.delay(Duration.ofSeconds(1 + random.nextInt(4)));
        if (random.nextInt(6) == 0) draft.ttl(Duration.ofSeconds(5));
        if (random.nextInt(6) == 0) draft.ahead(Duration.ofSeconds(5));
        Run parent = some().map(lab::read).orElse(null);
        if (parent != null && parent.isHeld() && parent.place().lane() != null && random.nextBoolean()) {
            lane = parent.place().lane();
            var bond = random.nextInt(3) == 0 ? Run.Bond.DETACHED : Run.Bond.ATTACHED;
            draft.parent(new Run.Parent(parent.id(), 1, StepKey.of(1 + runs.size()), bond));
        }
        Run run = draft.lane(lane).start();
        runs.add(run.id());
        tell("start " + run);
    }

    private Optional<RunId> some() {
        var alive = runs.stream()
                .filter(id -> !lab.read(id).isFinished() || lab.read(id).place().lingers() != null)
                .toList();
        return alive.isEmpty() ? Optional.empty() : Optional.of(alive.get(random.nextInt(alive.size())));
    }

    List<RunId> claim(int max, Map<String, String> hosted) {
        var given = lab.claim(hosted, max).stream().map(Claimed::run).toList();
        tell("claim " + max + " of " + hosted.keySet() + ": " + given);
        for (Run run : given) assertWithinLimits(run);
        for (Run run : given) assertWithinRate(run);
        return given.stream().map(Run::id).toList();
    }

    /** A rate holds for what is claimed from then on when it was set. */
    private void assertWithinRate(Run run) {
        if (!run.place().queue().equals(queue)) return;
        claims.add(lab.ledger().now());
        Rate rate = settings.rate();
        int before = rate == null ? -1 : claims.size() - 1 - rate.count();
        if (rate == null || before < 0) return;
        assertThat(Duration.between(claims.get(before), claims.getLast()))
                .as("time of more claims than the rate in %s", this)
                .isGreaterThanOrEqualTo(rate.per());
    }

    private void assertWithinLimits(Run run) {
        if (!run.place().queue().equals(queue)) return;
        Integer inQueue = settings.concurrency();
        long executing = runs.stream()
                .map(lab::read)
                .filter(r -> r.isHeld() || r.place().lingers() != null)
                .count();
        if (inQueue != null) assertThat(executing).as("executing in %s", this).isLessThanOrEqualTo(inQueue);
        Lane lane = run.place().lane();
        if (lane == null || run.place().slotOf() == null) return;
        Integer slots = lane.isSerial() ? (Integer) 1 : settings.laneConcurrency();
        long taken = runs.stream()
                .map(lab::read)
                .filter(r -> lane.equals(r.place().lane()) && r.place().slotOf() != null)
                .count();
        if (slots != null) assertThat(taken).as("slots of %s in %s", lane, this).isLessThanOrEqualTo(slots);
    }

    private void touch(RunId id) {
        Run run = lab.read(id);
        var holder = run.place().lingers();
        if (holder != null) {
            decide(run, new Command.Left(holder));
            return;
        }
        switch (run.state()) {
            case RUNNING -> decide(run, ofHolder(run));
            case STOPPING -> {
                if (random.nextBoolean()) pass(Duration.ofMinutes(2));
                decide(
                        lab.read(id),
                        random.nextBoolean()
                                ? new Command.DeadlineCame(Deadlines.Name.STOP)
                                : new Command.Stopped(lab.by(run), random.nextBoolean()));
            }
            case BLOCKED -> {
                boolean leaves = run.isHeld() && random.nextBoolean();
                decide(run, leaves ? new Command.GiveUp(lab.by(run)) : new Command.Unblock());
            }
            case QUEUED -> {
                if (run.status().parked() != null) decide(run, new Command.Unpark());
                else if (random.nextInt(3) == 0) decide(run, new Command.Cancel(random.nextBoolean()));
            }
            default -> {}
        }
    }

    private Command ofHolder(Run run) {
        var by = lab.by(run);
        return switch (random.nextInt(9)) {
            case 0, 1 -> new Command.Succeed(by);
            case 2 -> new Command.Fail(by, new RunError("user_error", "Error", "it failed", "", true), 0);
            case 3 -> new Command.Lost(lab.node(), Command.Blame.COUNTED);
            case 4 -> new Command.Park(by, new Run.Parked("1", StepKey.of(1), "was", "is"));
            case 5 -> new Command.StopIt(new Stop(Stop.Reason.TIME_OUT, Stop.Next.TIMED_OUT));
            case 6 -> new Command.Cancel(true);
            default -> new Command.Block(by, Waiting.on(StepKey.of(1)), null);
        };
    }

    /** Whoever sweeps does this to all that is due. */
    private void sweep() {
        lab.ledger().tick(lab.node(), ALL);
        for (RunId id : runs) due(id);
        lab.ledger().forget(lab.ledger().now(), ALL);
    }

    void due(RunId id) {
        Run run = lab.read(id);
        run.times().deadlines().due(lab.ledger().now()).ifPresent(name -> decide(run, new Command.DeadlineCame(name)));
    }

    void pass(Duration time) {
        lab.clock.pass(time);
        tell("later");
        lab.ledger().tick(lab.node(), ALL);
    }

    /** A holder of an earlier boot is this node to the rules: what it held is lost. */
    void decide(Run run, Command command) {
        var holder = run.fence().holder();
        Command asked = holder == null || holder.equals(lab.node())
                ? command
                : new Command.Lost(holder, Command.Blame.NOT_COUNTED);
        Instant now = lab.ledger().now();
        Decision decision = Rules.decide(run, asked, now);
        tell(asked + " of " + run.id() + ": " + decision);
        var id = lab.ids.next();
        var writes = new ArrayList<Write>();
        switch (decision) {
            case Decision.Transition t -> {
                writes.add(new Write.Row(t.next()));
                writes.add(new Write.Snap(Snapshot.of(t.next(), t.cause(), now, id)));
            }
            case Decision.Accepted a -> writes.add(new Write.Row(a.next()));
            default -> {
                return;
            }
        }
        var change = new Change(id, run.id(), Lab.expect(run), null, writes);
        assertThat(lab.ledger().commit(change)).as("%s", this).isEqualTo(Lab.APPLIED);
    }

    private QueueChange.What anyChange() {
        String lane = random.nextBoolean()
                ? null
                : LANES.get(random.nextInt(LANES.size())).name();
        return switch (random.nextInt(3)) {
            case 0 -> QueueChange.pause(lane);
            case 1 -> QueueChange.resume(lane);
            default -> QueueChange.configure(new QueueSettings(limit(4), limit(3), rate()));
        };
    }

    private @Nullable Integer limit(int most) {
        return random.nextInt(3) == 0 ? null : (Integer) (1 + random.nextInt(most));
    }

    private @Nullable Rate rate() {
        if (rates.nextInt(3) > 0) return null;
        return new Rate(1 + rates.nextInt(3), Duration.ofMillis(500 + rates.nextInt(2_500)));
    }

    void change(QueueChange.What what) {
        claims.clear();
        tell(what.toString());
        if (what instanceof QueueChange.OfQueue change) settings = change.over(settings);
        var change = new QueueChange(Namespace.DEFAULT, queue, what, null);
        assertThat(lab.ledger().change(change)).isEqualTo(Lab.APPLIED);
    }

    Lab lab() {
        return lab;
    }

    Set<RunId> runs() {
        return runs;
    }
}
