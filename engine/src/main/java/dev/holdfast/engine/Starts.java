package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Text;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sdk.ChildStart;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks a wish for a run at the edge, and makes the change that begins it. */
final class Starts {
    private static final Duration SOON = Duration.ofMillis(1);

    private final Ports ports;
    private final Map<String, Handler<?, ?>> handlers;

    Starts(Ports ports, Map<String, Handler<?, ?>> handlers) {
        this.ports = ports;
        this.handlers = handlers;
    }

    /** The code for a task; null if none is hosted here. */
    @Nullable
    Handler<?, ?> handler(String task) {
        return handlers.get(task);
    }

    /** The change that begins a child. */
    Change child(Run parent, ChildStart wish) {
        var start = wish.start();
        var request = new StartRequest(
                parent.origin().namespace(),
                wish.task(),
                wish.input(),
                new StartRequest.Identity(start.key(), null),
                StartRequest.Options.of(start, start.lane()));
        var bond = start.isDetached() ? Run.Bond.DETACHED : Run.Bond.ATTACHED;
        var kin = new Kin(new Run.Parent(parent.id(), parent.tries().attempt(), wish.key(), bond), null, List.of());
        check(request, kin);
        return change(request, newRun(), kin, null);
    }

    /**
     * The change that begins a run which does again what another one does.
     *
     * @param from key or name of the first step that is done again; null for all of it
     */
    Change rerun(RunView old, @Nullable String from, @Nullable String requestId) {
        Run run = old.run();
        var copied = Copied.before(old, from);
        var lane = run.place().lane();
        var options = new StartRequest.Options(
                Command.Timing.NOW, run.policy().maxDuration(), run.origin().tags(), lane == null ? null : lane.name());
        var wish = new StartRequest(
                run.origin().namespace(),
                run.origin().task(),
                old.input(),
                new StartRequest.Identity(null, requestId),
                options);
        check(wish);
        RunId id = newRun();
        return change(
                wish,
                id,
                new Kin(null, new Run.Rerun(run.id(), copied.from()), copied.steps()),
                Asked.rerun(run.id(), from).by(wish.namespace(), requestId, id.toString()));
    }

    /** The change that begins the run; nothing is written yet. */
    Change change(StartRequest wish) {
        check(wish);
        RunId id = newRun();
        var request = Asked.start(wish).by(wish.namespace(), wish.identity().requestId(), id.toString());
        return change(wish, id, Kin.NONE, request);
    }

    /**
     * The same for a start in the transaction of somebody else. Until that ends nobody may wait for a lane in which it has
     * a place: so the run comes as one whose time is just to come, and enters its lane when that is noticed.
     */
    Change apart(StartRequest wish) {
        check(wish);
        if (wish.options().timing().debounce() != null) {
            throw new Refused(
                    "debounce_invalid",
                    "this start cannot be debounced: it is part of a transaction, and until that ends nobody else could move"
                            + " the run");
        }
        RunId id = newRun();
        var request = Asked.start(wish).by(wish.namespace(), wish.identity().requestId(), id.toString());
        return change(soon(wish), id, Kin.NONE, request);
    }

    private static StartRequest soon(StartRequest wish) {
        var options = wish.options();
        var timing = options.timing();
        if (timing.delay().compareTo(SOON) >= 0) return wish;
        var later = new StartRequest.Options(
                new Command.Timing(SOON, timing.ttl(), timing.ahead()),
                options.maxDuration(),
                options.tags(),
                options.lane());
        return new StartRequest(wish.namespace(), wish.task(), wish.input(), wish.identity(), later);
    }

    /** The id of a run that is to be started. By the ledger's clock: nodes whose own ones differ make them in one order. */
    RunId newRun() {
        return RunId.of(ports.ids().at(ports.ledger().now()));
    }

    /**
     * The change by which a schedule fires. Its input was checked when it was declared; if it does not fit the code of
     * today the run says so.
     *
     * @param moves the schedule to its next firing
     */
    Change fired(RunId id, StoredSchedule schedule, Instant at, ScheduleChange moves) {
        var wish = Fired.wish(schedule.namespace(), schedule.name(), schedule.definition(), at);
        Change start = change(wish, id, Kin.NONE, null);
        var writes = new ArrayList<Write>();
        for (Write write : start.writes()) {
            writes.add(
                    write instanceof Write.Snap first
                            ? new Write.Snap(first.snapshot()
                                    .because(first.snapshot().cause() + ": schedule " + schedule.name() + " of " + at))
                            : write);
        }
        writes.add(new Write.Fire(moves));
        return new Change(start.id(), id, start.expect(), null, writes);
    }

    /**
     * The one change that begins many runs: all of them, or none, and repeated as a whole.
     *
     * @param wishes at least one, none of them with a key or a request id of its own
     */
    Change together(List<StartRequest> wishes, @Nullable String requestId) {
        List<Change> all = wishes.stream().map(this::change).toList();
        Change first = all.getFirst();
        var writes = new ArrayList<>(first.writes());
        for (Change other : all.subList(1, all.size())) writes.add(new Write.Begin(other));
        String answer = all.stream().map(c -> c.run().toString()).collect(Collectors.joining(" "));
        var request = Asked.batch(wishes).by(wishes.getFirst().namespace(), requestId, answer);
        return new Change(first.id(), first.run(), first.expect(), request, writes);
    }

    /** The runs that it comes from, and what it has from them. */
    private record Kin(Run.@Nullable Parent parent, Run.@Nullable Rerun rerun, List<StepRecord> steps) {
        static final Kin NONE = new Kin(null, null, List.of());
    }

    private Change change(StartRequest wish, RunId id, Kin kin, @Nullable Request request) {
        Task<?, ?> task = taskOf(wish);
        Instant now = ports.ledger().now();
        var options = wish.options();
        var limit = options.maxDuration() == null ? task.maxDuration() : options.maxDuration();
        var command = new Command.Start(
                id,
                new Run.Origin(
                        wish.namespace(),
                        task.name(),
                        task.version(),
                        wish.identity().key(),
                        options.tags(),
                        kin.parent(),
                        kin.rerun()),
                new Run.Policy(task.retry(), task.giveUpAfter(), limit),
                task.queue(),
                lane(task, options.lane()),
                options.timing());
        var start = Rules.start(command, now);
        var change = ports.ids().next();
        var writes = new ArrayList<Write>();
        writes.add(new Write.Row(start.next()));
        writes.add(new Write.Snap(Snapshot.of(start.next(), start.cause(), now, change)));
        writes.add(new Write.Payload(Write.Payload.Kind.INPUT, wish.input()));
        for (StepRecord step : kin.steps()) writes.add(new Write.Step(step));
        return new Change(change, id, new Expect.Absent(), request, writes);
    }

    /** A lane that no task speaks of is only there to be fair, or to be limited. */
    static @Nullable Lane lane(Task<?, ?> task, @Nullable String name) {
        Lane.Kind kind = task.laneKind();
        if (name != null) {
            name("lane", name);
            return new Lane(name, kind == null ? Lane.Kind.CONCURRENT : kind);
        }
        if (kind == null) return null;
        throw new Refused(
                "lane_required",
                "task '" + task.name() + "' orders its runs by lanes, and this start names none: name the lane");
    }

    /** What the ledger's answer means to whoever wished for the runs. */
    List<Started> started(Change change, Receipt receipt) {
        return switch (receipt) {
            case Receipt.Applied a ->
                begun(change).stream()
                        .map(each -> new Started(each.run(), Started.How.NEW))
                        .toList();
            case Receipt.Repeated r -> repeated(r.answer());
            case Receipt.KeyHeld k -> List.of(new Started(k.by(), Started.How.KEY_HELD));
            case Receipt.Rejected r -> throw r.why();
            case Receipt.Stale s -> throw new IllegalStateException("id " + change.run() + " was made twice");
        };
    }

    /** The starts within a change: of its own run, and of those that begin with it. */
    static List<Change> begun(Change change) {
        var all = new ArrayList<Change>();
        all.add(change);
        for (Write write : change.writes()) if (write instanceof Write.Begin begin) all.add(begin.start());
        return all;
    }

    /** What an earlier try of the same request was answered. */
    static List<Started> repeated(String answer) {
        var all = new ArrayList<Started>();
        for (String text : answer.split(" ", -1)) {
            RunId id = RunId.parse(text)
                    .orElseThrow(() -> new Refused(
                            "request_id_reused", "the request id was used for a request that is not a start"));
            all.add(new Started(id, Started.How.REPEATED));
        }
        return all;
    }

    private Task<?, ?> taskOf(StartRequest wish) {
        var handler = handlers.get(wish.task());
        if (handler != null) return handler.task();
        return ports.peers()
                .notice(wish.task())
                .<Task<?, ?>>map(there -> there.task(wish.task()))
                .orElseThrow(() -> new Refused(
                        "task_unknown",
                        "no task is called '" + wish.task() + "' here, nor on another node; hosted here are "
                                + new TreeSet<>(handlers.keySet())));
    }

    /** Whatever can be said against it before it is written. */
    void check(StartRequest wish) {
        check(wish, Kin.NONE);
    }

    private void check(StartRequest wish, Kin kin) {
        Task<?, ?> task = taskOf(wish);
        int bytes = wish.input().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Defaults.PAYLOAD_LIMIT) {
            throw new Refused(
                    "input_too_large",
                    "the input of task '" + task.name() + "' has " + bytes + " bytes, the limit is "
                            + Defaults.PAYLOAD_LIMIT + ": store it elsewhere and pass a reference");
        }
        whole("input of task '" + task.name() + "'", wish.input());
        name("key", wish.identity().key());
        if (wish.options().tags().size() > Defaults.TAGS_LIMIT) {
            throw new Refused("name_invalid", "at most " + Defaults.TAGS_LIMIT + " tags are allowed");
        }
        wish.options().tags().forEach(tag -> name("tag", tag));
        var timing = wish.options().timing();
        if (timing.delay().isNegative()
                || (timing.ttl() != null && !timing.ttl().isPositive())) {
            throw new Refused("duration_invalid", "a delay cannot be negative, a time to live must be positive");
        }
        var longest = wish.options().maxDuration();
        if (longest != null && !longest.isPositive()) {
            throw new Refused("duration_invalid", "the longest duration of a run must be positive");
        }
        debounce(wish, kin);
        readable(wish.input(), task);
        lane(task, wish.options().lane());
    }

    /** What may have to be asked twice is not asked together with others. */
    static void noneIsDebounced(List<StartRequest> wishes) {
        if (wishes.stream().allMatch(w -> w.options().timing().debounce() == null)) return;
        throw new Refused("debounce_invalid", "a debounced start is not one of several: start them one by one");
    }

    private static void debounce(StartRequest wish, Kin kin) {
        var debounce = wish.options().timing().debounce();
        if (debounce == null) return;
        name("debounce key", debounce.key());
        String why = null;
        if (wish.identity().key() != null) why = "it has a business key too, and a run has one of them";
        if (!wish.options().timing().delay().isZero()) why = "it has a delay too: it is delayed by its quiet time";
        if (kin.parent() != null) why = "it starts a child, and a parent waits for a run of its own";
        if (debounce.quiet().compareTo(Duration.ofMillis(1)) < 0) why = "its quiet time is less than 1 ms";
        if (why != null) throw new Refused("debounce_invalid", "this start cannot be debounced: " + why);
    }

    /** A value that is sent to a run, checked. */
    String value(String what, String json) {
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Defaults.PAYLOAD_LIMIT) {
            throw new Refused(
                    "input_too_large",
                    "the " + what + " has " + bytes + " bytes, the limit is " + Defaults.PAYLOAD_LIMIT
                            + ": store it elsewhere and send a reference");
        }
        whole(what, json);
        return json;
    }

    /** Read once, to know that the code will be able to read it. Who starts a task knows its name and not its classes. */
    private void readable(String input, Task<?, ?> task) {
        try {
            Object value = ports.codec().decode(input, task.input());
            // A record asks for its parts, and code that is given none can only fail.
            if (value == null && task.input().type() instanceof Class<?> type && type.isRecord()) {
                throw new Refused("input_invalid", "task '" + task.name() + "' needs an input, and null was given");
            }
        } catch (Refused e) {
            String why = String.valueOf(e.getMessage());
            throw new Refused(e.code(), why.replace(task.input().toString(), "task '" + task.name() + "'"));
        }
    }

    static void name(String what, @Nullable String value) {
        if (value == null) return;
        if (value.indexOf('\0') >= 0) {
            throw new Refused("nul_character", "the " + what + " contains a NUL character, which cannot be stored");
        }
        whole(what, value);
        if (value.isBlank()
                || value.length() > Defaults.NAME_LIMIT
                || value.chars().anyMatch(Character::isISOControl)) {
            throw new Refused(
                    "name_invalid",
                    "the " + what + " must have 1 to " + Defaults.NAME_LIMIT
                            + " characters, none of them control characters");
        }
    }

    /** Stored as UTF-8, every lone half would become the same character: two keys would be one. */
    private static void whole(String what, String text) {
        if (!Text.hasHalf(text)) return;
        throw new Refused(
                "text_invalid",
                "the " + what + " contains half of a surrogate pair (U+D800 to U+DFFF alone), which is no character"
                        + " and cannot be stored: remove it");
    }
}
