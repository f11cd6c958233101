package dev.holdfast.testkit.contract;

import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Stop;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows with every field set to something, whether or not the rules could ever lead there. */
final class Samples {
    private static final String[] TEXTS = {"a", "", "äöü ß", "日本語", "😀", "it's", "\"q\"", "a\nb\tc", "x/y z", "[,]"};

    private final Random random;

    Samples(Random random) {
        this.random = random;
    }

    Run run(RunId id) {
        var state = any(RunState.values());
        return new Run(
                id,
                new Run.Origin(
                        new Namespace("n" + random.nextInt(3)),
                        text(),
                        text(),
                        maybe(() -> "key " + id),
                        List.of(text() + 1, text() + 2),
                        maybe(this::parent)),
                new Run.Policy(
                        new Retry(
                                1 + random.nextInt(9),
                                duration(),
                                1 + random.nextDouble(),
                                duration(),
                                random.nextDouble()),
                        duration(),
                        maybe(this::duration)),
                place(),
                new Run.Status(
                        state,
                        state == RunState.FINISHED ? any(Outcome.values()) : null,
                        state == RunState.STOPPING ? stop() : null,
                        random.nextBoolean(),
                        maybe(() -> new Run.Parked(versions(), StepKey.marker(text()), text(), text())),
                        maybe(this::waiting)),
                new Fence(random.nextLong(1000), maybe(this::holder), 1),
                new Run.Tries(1 + random.nextInt(5), random.nextInt(5), random.nextInt(5)),
                new Run.Times(instant(), maybe(this::instant), maybe(this::instant), deadlines()));
    }

    /** The same run with everything changed that can change. */
    Run next(Run run) {
        Run other = run(run.id());
        var times = other.times();
        return new Run(
                run.id(),
                run.origin(),
                run.policy(),
                other.place(),
                other.status(),
                new Fence(
                        other.fence().epoch(),
                        other.fence().holder(),
                        run.fence().seq() + 1),
                other.tries(),
                new Run.Times(run.times().created(), times.started(), times.finished(), times.deadlines()));
    }

    Snapshot snapshot(Run run) {
        return Snapshot.of(run, text(), instant(), new UUID(random.nextLong(), random.nextLong()));
    }

    List<StepRecord> steps() {
        var all = new ArrayList<StepRecord>();
        all.add(new StepRecord(StepKey.marker("x y"), text(), StepRecord.Status.DONE, 3, 1, "true", null, null));
        int key = 0;
        for (var status : StepRecord.Status.values()) {
            for (int i = 0; i < 3; i++) {
                all.add(new StepRecord(
                        StepKey.of(++key),
                        text(),
                        status,
                        random.nextLong(99),
                        random.nextInt(9),
                        maybe(() -> "\"" + random.nextInt() + "\""),
                        maybe(this::error),
                        maybe(this::waited)));
            }
        }
        return all;
    }

    RunError error() {
        return new RunError(text(), text(), text(), text(), random.nextBoolean());
    }

    private Stop stop() {
        return switch (any(Stop.Reason.values())) {
            case CANCEL -> new Stop(Stop.Reason.CANCEL, Stop.Next.CANCELLED);
            case TIME_OUT -> new Stop(Stop.Reason.TIME_OUT, Stop.Next.TIMED_OUT);
            case NO_PROGRESS -> new Stop(Stop.Reason.NO_PROGRESS, Stop.Next.QUEUED);
            case NOT_STARTED -> new Stop(Stop.Reason.NOT_STARTED, Stop.Next.QUEUED);
            case DRAIN -> new Stop(Stop.Reason.DRAIN, Stop.Next.QUEUED);
        };
    }

    private Run.Parent parent() {
        return new Run.Parent(
                new RunId(random.nextLong(), random.nextLong()),
                1 + random.nextInt(3),
                StepKey.of(1 + random.nextInt(99)),
                any(Run.Bond.values()));
    }

    private Waiting waiting() {
        var keys =
                random.ints(1 + random.nextInt(6), 1, 12).mapToObj(StepKey::of).toList();
        return new Waiting(any(Waiting.Need.values()), keys);
    }

    private Wait waited() {
        return switch (random.nextInt(5)) {
            case 0 -> new Wait.Turn(instant());
            case 1 -> new Wait.Time(instant());
            case 2 -> new Wait.Signal(text(), maybe(this::instant));
            case 3 -> new Wait.Token(text(), instant());
            default -> new Wait.Child(new RunId(random.nextLong(), random.nextLong()));
        };
    }

    private Holder holder() {
        return new Holder(any(Holder.Kind.values()), random.nextLong(99), random.nextLong());
    }

    private Deadlines deadlines() {
        var deadlines = Deadlines.NONE;
        for (var name : Deadlines.Name.values()) if (random.nextBoolean()) deadlines = deadlines.with(name, instant());
        return deadlines;
    }

    private Run.Place place() {
        Lane lane = maybe(() -> new Lane("lane " + text(), any(Lane.Kind.values())));
        String slotOf = lane == null ? null : maybe(lane::name);
        return new Run.Place(
                text(), lane, slotOf, instant(), maybe(this::instant), maybe(this::node), maybe(this::debounce));
    }

    /** One run holds it. */
    private String debounce() {
        return text() + random.nextLong();
    }

    private Holder node() {
        return new Holder(Holder.Kind.NODE, random.nextInt(9), random.nextLong());
    }

    private Instant instant() {
        return Instant.ofEpochMilli(1_700_000_000_000L + random.nextLong(100_000_000_000L));
    }

    private Duration duration() {
        return Duration.ofSeconds(random.nextInt(100_000), random.nextInt(1_000_000_000));
    }

    private String text() {
        return any(TEXTS);
    }

    private List<String> versions() {
        return random.nextBoolean() ? List.of("1") : List.of("2", "a version", "12");
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }
}
