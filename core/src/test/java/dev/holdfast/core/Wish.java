package dev.holdfast.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A command that is yet to be: which one, in whose name, how much later. It becomes a command only when it meets a run,
 * so that a sequence still makes sense when some of it is dropped.
 *
 * @param kind which command
 * @param name in whose name
 * @param salt for whatever else is random in it
 * @param later how much time has passed since the last one
 */
record Wish(Kind kind, InWhoseName name, long salt, Duration later) {
    private static final Duration[] LATER = {
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofMillis(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(7),
        Duration.ofSeconds(15),
        Duration.ofMinutes(2),
        Duration.ofDays(1)
    };
    private static final Duration[] ODD = {
        Duration.ZERO,
        Duration.ofSeconds(5),
        Duration.ofSeconds(40),
        Duration.ofHours(1),
        Duration.ofDays(400_000),
        Duration.ofSeconds(Long.MAX_VALUE),
        Duration.ofSeconds(-3)
    };

    enum Kind {
        START,
        ENQUEUE,
        POSTPONE,
        CLAIM,
        STARTED,
        RECORD,
        BLOCK,
        UNBLOCK,
        GIVE_UP,
        SUCCEED,
        FAIL,
        CRASH,
        PARK,
        UNPARK,
        LOST,
        CANCEL,
        STOP,
        STOPPED,
        ADOPT,
        EXPIRE,
        DEADLINE,
        DUE,
        SIGNAL,
        RERUN,
        LEFT,
        DELETE,
        FINALISE,
        PAUSE,
        RESUME
    }

    enum InWhoseName {
        /** The holder's own fence: what an executor that is alive says. */
        HOLDER,
        OLD_EPOCH,
        NEW_EPOCH,
        /** The same number, another boot. */
        NAMESAKE,
        STRANGER
    }

    /** Mostly sensible, so that sequences get somewhere; sometimes anything. */
    static Wish random(Random random) {
        Kind kind =
                random.nextInt(4) == 0 ? Kind.CLAIM : random.nextInt(8) == 0 ? Kind.DUE : pick(random, Kind.values());
        var name = random.nextInt(4) > 0 ? InWhoseName.HOLDER : pick(random, InWhoseName.values());
        return new Wish(kind, name, random.nextLong(), pick(random, LATER));
    }

    static List<Wish> random(Random random, int count) {
        var wishes = new ArrayList<Wish>();
        for (int i = 0; i < count; i++) wishes.add(random(random));
        return wishes;
    }

    static Holder holder(Random random) {
        var kind = random.nextBoolean() ? Holder.Kind.NODE : pick(random, Holder.Kind.values());
        return new Holder(kind, random.nextInt(3), random.nextInt(2));
    }

    static Command.Start start(Random random) {
        return new Command.Start(
                new RunId(random.nextLong(), random.nextLong()),
                new Run.Origin(
                        Namespace.DEFAULT, "task", "1", random.nextBoolean() ? null : "key", List.of("tag"), null),
                new Run.Policy(
                        new Retry(
                                1 + random.nextInt(3),
                                odd(random).abs(),
                                1 + random.nextInt(3),
                                odd(random).abs(),
                                random.nextInt(3) / 2.0),
                        Defaults.GIVE_UP_AFTER,
                        random.nextBoolean() ? null : odd(random)),
                "default",
                pick(random, new @Nullable Lane[] {null, Lane.concurrent("lane"), Lane.serial("lane")}),
                timing(random));
    }

    private static Command.Timing timing(Random random) {
        return new Command.Timing(
                random.nextBoolean() ? Duration.ZERO : odd(random),
                random.nextBoolean() ? null : odd(random),
                odd(random),
                random.nextInt(3) > 0 ? null : new Command.Debounce("key", odd(random)));
    }

    /** Only in a serial lane a child executes in its parent's slot, and then always. */
    private static Run.Slot slot(Run run, Random random) {
        Lane lane = run.place().lane();
        boolean under = lane != null && lane.isSerial() && !run.wasStarted() && random.nextInt(4) == 0;
        return under ? Run.Slot.PARENTS : Run.Slot.OWN;
    }

    static <T extends @Nullable Object> T pick(Random random, T[] from) {
        return from[random.nextInt(from.length)];
    }

    private static Duration odd(Random random) {
        return pick(random, ODD);
    }

    /** The command that this is for such a run. */
    Command command(Run run, Instant now) {
        var random = new Random(salt);
        return switch (kind) {
            case START -> start(random);
            case ENQUEUE -> new Command.Enqueue();
            case POSTPONE -> new Command.Postpone(timing(random));
            case CLAIM -> new Command.Claim(holder(random), slot(run, random));
            case STARTED -> new Command.Started(by(run));
            case RECORD -> new Command.RecordStep(by(run));
            case BLOCK ->
                new Command.Block(
                        by(run),
                        Waiting.on(StepKey.of(1)),
                        random.nextBoolean() ? null : Moves.after(now, odd(random)));
            case UNBLOCK -> new Command.Unblock();
            case GIVE_UP -> new Command.GiveUp(by(run));
            case SUCCEED -> new Command.Succeed(by(run));
            case FAIL -> new Command.Fail(by(run), error(random), random.nextDouble());
            case CRASH -> new Command.Crash(by(run), error(random), random.nextDouble());
            case PARK -> new Command.Park(by(run), new Run.Parked("1", StepKey.of(3), "a", "b"));
            case UNPARK -> new Command.Unpark();
            case LOST -> new Command.Lost(by(run).holder(), pick(random, Command.Blame.values()));
            case CANCEL -> new Command.Cancel(random.nextBoolean());
            case STOP -> new Command.StopIt(stop(random));
            case STOPPED -> new Command.Stopped(by(run), random.nextBoolean());
            case ADOPT -> new Command.Adopt(by(run).holder());
            case EXPIRE -> new Command.Expire();
            case DEADLINE -> new Command.DeadlineCame(pick(random, Deadlines.Name.values()));
            // What the sweep does: it names a deadline of the run that has come, if one has.
            case DUE ->
                new Command.DeadlineCame(run.times().deadlines().due(now).orElse(Deadlines.Name.STOP));
            case SIGNAL -> new Command.Signal("signal");
            case RERUN -> new Command.Rerun();
            case LEFT ->
                new Command.Left(
                        run.place().lingers() == null
                                ? by(run).holder()
                                : run.place().lingers());
            case DELETE -> new Command.Delete();
            case FINALISE -> new Command.Finalise();
            case PAUSE -> new Command.Pause();
            case RESUME -> new Command.Resume();
        };
    }

    private Fence.By by(Run run) {
        Holder holder = run.fence().holder();
        long epoch = run.fence().epoch();
        if (holder == null) holder = new Holder(Holder.Kind.NODE, 0, 0);
        return switch (name) {
            case HOLDER -> new Fence.By(epoch, holder);
            case OLD_EPOCH -> new Fence.By(epoch - 1, holder);
            case NEW_EPOCH -> new Fence.By(epoch + 1, holder);
            case NAMESAKE -> new Fence.By(epoch, new Holder(holder.kind(), holder.number(), holder.incarnation() + 1));
            case STRANGER -> new Fence.By(epoch, new Holder(holder.kind(), holder.number() + 1, holder.incarnation()));
        };
    }

    private static Stop stop(Random random) {
        var reason = pick(random, Stop.Reason.values());
        var next = reason == Stop.Reason.CANCEL ? Stop.Next.CANCELLED : pick(random, Stop.Next.values());
        return new Stop(reason, next);
    }

    private static RunError error(Random random) {
        return new RunError("user_error", "Error", "it failed", "", random.nextInt(3) > 0);
    }
}
