package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.sim.Gate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Notes what one node's ledger has written, at the moment at which it was. */
final class Scribe {
    private static final int ALL = 100_000;

    private final Ledger ledger;
    private final Consumer<Event> chronicle;
    private Instant looked = Instant.EPOCH;
    private List<Event.Aged> old = List.of();

    /** @param ledger for looking: nothing happens when it is asked */
    Scribe(Ledger ledger, Consumer<Event> chronicle) {
        this.ledger = ledger;
        this.chronicle = chronicle;
    }

    void before(Gate.Call call) {
        if (call.toString().equals("Ledger.discard")) old = everybody();
    }

    void done(Gate.Call call, @Nullable Object answer) {
        switch (call.toString()) {
            case "Ledger.tick" -> looked = ledger.now();
            case "Ledger.discard" -> discarded();
            case "Ledger.claim" -> {
                for (Object each : (List<?>) Objects.requireNonNull(answer)) claimed((Claimed) each);
            }
            case "Ledger.change" -> {
                if (answer instanceof Receipt.Applied) changed(call.argument());
            }
            default -> {}
        }
    }

    private void changed(@Nullable Object change) {
        if (change instanceof ScheduleChange schedule) {
            chronicle.accept(new Event.Scheduled(ledger.now(), looked, schedule, null));
        } else if (change instanceof QueueChange queue) {
            chronicle.accept(new Event.QueueSet(ledger.now(), queue.queue(), queue.what()));
        }
    }

    private void claimed(Claimed claimed) {
        chronicle.accept(new Event.Claimed(ledger.now(), claimed.run(), claimed.input()));
    }

    /** A change was written. */
    void written(Change change) {
        Instant now = ledger.now();
        Run row = null;
        String input = null;
        boolean isEnd = false;
        Instant decided = now;
        var steps = new ArrayList<StepRecord>();
        for (Write write : change.writes()) {
            switch (write) {
                case Write.Row w -> row = w.run();
                case Write.Snap(Snapshot snapshot) -> {
                    decided = snapshot.at();
                    isEnd |= snapshot.outcome() != null;
                }
                case Write.Payload w when w.kind() == Write.Payload.Kind.INPUT -> input = w.json();
                case Write.Step(StepRecord step) when step.isFinal() -> steps.add(step);
                default -> {}
            }
        }
        if (row != null && input != null) chronicle.accept(new Event.Began(now, row, input, steps));
        else for (StepRecord step : steps) chronicle.accept(new Event.Recorded(now, change.run(), step));
        if (row != null && isEnd) chronicle.accept(new Event.Ended(now, row));
        for (Write write : change.writes()) {
            switch (write) {
                case Write.ToHistory w -> chronicle.accept(new Event.Undone(now, change.run(), w.steps()));
                case Write.Remove w -> chronicle.accept(new Event.Deleted(now, change.run()));
                case Write.Replace w ->
                    chronicle.accept(new Event.Postponed(now, decided, Objects.requireNonNull(row), w.json()));
                case Write.Fire w -> chronicle.accept(new Event.Scheduled(now, looked, w.moves(), change.run()));
                case Write.Begin w -> written(w.start());
                default -> {}
            }
        }
    }

    /** All runs, with what stands against their removal. */
    private List<Event.Aged> everybody() {
        var runs = ledger.reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, ALL);
        var needs = new HashMap<RunId, List<String>>();
        for (Run run : runs) {
            for (Message.Delivered each : ledger.reads().inbox(run.id())) {
                Message message = each.message();
                String name = String.valueOf(message.name());
                switch (message.kind()) {
                    case FINALISE -> note(needs, run.id(), "has to be finalised");
                    case RUN_ENDED ->
                        RunId.parse(name).ifPresent(id -> note(needs, id, "is what " + run.id() + " is to be told of"));
                    default -> {}
                }
            }
        }
        Instant now = ledger.now();
        return runs.stream()
                .map(run -> new Event.Aged(now, run, needs.getOrDefault(run.id(), List.of())))
                .toList();
    }

    private static void note(Map<RunId, List<String>> needs, RunId of, String why) {
        needs.computeIfAbsent(of, id -> new ArrayList<>()).add(why);
    }

    private void discarded() {
        for (Event.Aged each : old) {
            if (ledger.reads().run(each.run().id()).isEmpty()) chronicle.accept(each);
        }
        old = List.of();
    }
}
