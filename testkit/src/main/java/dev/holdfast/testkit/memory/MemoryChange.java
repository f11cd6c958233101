package dev.holdfast.testkit.memory;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.memory.MemoryDisk.Answer;
import dev.holdfast.testkit.memory.MemoryDisk.RequestKey;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Carries out one change on the disk, under its lock. The order of the checks is the order of the answers. */
final class MemoryChange {
    private final MemoryDisk disk;
    private final Guards guards;
    private final Instant now;
    private final Change change;

    MemoryChange(MemoryDisk disk, Guards guards, Instant now, Change change) {
        this.disk = disk;
        this.guards = guards;
        this.now = now;
        this.change = change;
    }

    Receipt carryOut() {
        Optional<Refused> fault = Fault.of(change);
        if (fault.isPresent()) return new Receipt.Rejected(fault.get());
        Receipt repeated = seenBefore();
        if (repeated != null) return repeated;

        Stored present = disk.runs.get(change.run());
        Run before = present == null ? null : present.run;
        if (!guards.admits(before, disk.removed.contains(change.run()), change.expect())) return new Receipt.Stale();
        if (present != null && !guards.hasMessages(present.inbox, change)) return new Receipt.Stale();

        var schedules = new MemorySchedules(disk, guards);
        for (Write write : change.writes()) {
            if (write instanceof Write.Fire fire && !schedules.isAsSeen(fire.moves())) return new Receipt.Stale();
        }

        Run row = row();
        if (row != null && !guards.continues(before, row, snapshots())) return gap(row);
        if (row != null && before == null) {
            Optional<RunId> by = keyHolder(row);
            if (by.isPresent()) {
                // The answer to a debounced start is written with what becomes of the run that has its key.
                if (row.place().debounce() == null) answer(by.get().toString());
                return new Receipt.KeyHeld(by.get());
            }
        }
        Optional<RunId> held = childKeyHolder();
        if (held.isPresent()) return new Receipt.KeyHeld(held.get());
        try {
            write(present, row);
            for (Write write : change.writes()) {
                if (write instanceof Write.Fire fire) schedules.write(fire.moves());
            }
        } catch (Refused e) {
            return new Receipt.Rejected(e);
        }
        Request request = change.request();
        if (request != null) answer(request.answer());
        return new Receipt.Applied();
    }

    private @Nullable Receipt seenBefore() {
        Request request = change.request();
        if (request == null) return null;
        Answer first = disk.requests.get(key(request));
        if (first == null || guards.expired(first.at(), now)) return null;
        if (first.request().fingerprint().equals(request.fingerprint())) return new Receipt.Repeated(first.answer());
        return new Receipt.Rejected(new Refused(
                "request_id_reused",
                "request id '" + request.id() + "' was used for another request: use a new id for each request"));
    }

    private void answer(String answer) {
        Request request = change.request();
        if (request != null) disk.requests.put(key(request), new Answer(request, answer, now));
    }

    private RequestKey key(Request request) {
        return new RequestKey(guards.scope(request.namespace()), request.id());
    }

    private Optional<RunId> debounced(Run row) {
        return disk.runs.values().stream()
                .map(s -> s.run)
                .filter(r -> guards.debounces(r) != null
                        && Objects.equals(guards.debounces(r), row.place().debounce()))
                .filter(r -> r.origin().namespace().equals(row.origin().namespace())
                        && r.origin().task().equals(row.origin().task()))
                .map(Run::id)
                .findFirst();
    }

    private Optional<RunId> keyHolder(Run row) {
        if (row.place().debounce() != null) return debounced(row);
        String key = row.origin().key();
        if (key == null) return Optional.empty();
        RunId by = disk.keys.get(guards.key(row, key));
        if (by == null) return Optional.empty();
        Stored holder = disk.runs.get(by);
        return holder != null && guards.holdsKey(holder.run, now) ? Optional.of(by) : Optional.empty();
    }

    private Optional<RunId> childKeyHolder() {
        for (Write write : change.writes()) {
            if (!(write instanceof Write.Begin begin)) continue;
            Run child = row(begin.start());
            Optional<RunId> by = child == null ? Optional.empty() : keyHolder(child);
            if (by.isPresent()) return by;
        }
        return Optional.empty();
    }

    private @Nullable Run row() {
        return row(change);
    }

    private static @Nullable Run row(Change change) {
        for (Write write : change.writes()) if (write instanceof Write.Row w) return w.run();
        return null;
    }

    private int snapshots() {
        return (int)
                change.writes().stream().filter(w -> w instanceof Write.Snap).count();
    }

    private Receipt gap(Run row) {
        return new Receipt.Rejected(new Refused(
                "snapshot_gap",
                "a change of run " + row.id() + " cannot be written: its row says seq "
                        + row.fence().seq() + ", which its snapshots do not lead up to. This is a bug"));
    }

    private void write(@Nullable Stored present, @Nullable Run row) {
        // Nothing is begun: only the answer is kept.
        if (present == null && change.writes().isEmpty()) return;
        if (change.writes().stream().anyMatch(w -> w instanceof Write.Remove)) {
            remove();
            return;
        }
        Stored draft = present == null ? new Stored(requireRow(row)) : guards.draft(present);
        if (row != null && present == null) draft.under = isUnder(row);
        if (row != null) {
            draft.run = row;
            draft.claimable = row.state() == RunState.QUEUED
                    && (row.place().due() == null || !row.place().due().isAfter(now));
        }
        // The order is the ledger's own: what is recorded may move to the history, and what is posted is new.
        change.writes().forEach(w -> first(draft, w));
        change.writes().forEach(w -> then(draft, w));
        var messages = new MemoryMessages(disk, guards, now, change.run());
        change.writes().forEach(w -> messages.tokens(w));
        disk.put(change.run(), draft);
        if (row != null) keep(row);
        change.writes().forEach(this::begin);
        change.writes().forEach(w -> messages.post(w));
        boolean ends = row != null && row.isFinished() && snapshots() > 0;
        if (ends) messages.ended();
        change.writes().forEach(w -> messages.await(w));
    }

    private void begin(Write write) {
        if (!(write instanceof Write.Begin begin)) return;
        Receipt receipt = new MemoryChange(disk, guards, now, begin.start()).carryOut();
        if (receipt instanceof Receipt.Applied) return;
        throw new IllegalStateException(
                "run " + change.run() + " cannot start " + begin.start().run());
    }

    /** A child in its parent's serial lane executes in the slot that its parent has. */
    private boolean isUnder(Run child) {
        var lane = child.place().lane();
        var link = child.origin().parent();
        if (lane == null || !lane.isSerial() || link == null || link.bond() != Run.Bond.ATTACHED) return false;
        Stored parent = disk.runs.get(link.run());
        return parent != null
                && MemoryDisk.LaneKey.of(parent.run).equals(MemoryDisk.LaneKey.of(child))
                && (parent.under || parent.run.place().slotOf() != null);
    }

    private static Run requireRow(@Nullable Run row) {
        if (row == null) throw new IllegalStateException("a new run without a row was let through");
        return row;
    }

    private void first(Stored draft, Write write) {
        switch (write) {
            case Write.Snap w -> draft.snapshots.add(w.snapshot());
            case Write.Payload w -> {
                boolean again = draft.payloads.containsKey(w.kind());
                if (again && w.kind() != Write.Payload.Kind.ERROR) {
                    throw new Refused(
                            "payload_written",
                            "the " + w.kind() + " of run " + change.run() + " is written already and never changes");
                }
                draft.payloads.put(w.kind(), w.json());
            }
            case Write.Replace w -> draft.payloads.put(Write.Payload.Kind.INPUT, w.json());
            case Write.Step w -> record(draft, w.step());
            case Write.End w -> draft.end = w.end();
            default -> {}
        }
    }

    private void then(Stored draft, Write write) {
        switch (write) {
            case Write.ToHistory w -> {
                for (StepKey key : w.steps()) {
                    StepRecord step = draft.steps.remove(key);
                    if (step != null) draft.history.add(new Stored.Past(w.attempt(), step));
                }
            }
            case Write.Consume w -> draft.inbox.removeIf(m -> w.numbers().contains(m.number()));
            case Write.ClearInbox w -> {
                draft.inbox.clear();
                draft.signals.clear();
            }
            case Write.Take w -> take(draft, w);
            case Write.Keep w -> {
                var kept = draft.signals.computeIfAbsent(w.name(), n -> new TreeMap<>());
                long number = switch (w.where()) {
                    case FIRST -> kept.isEmpty() ? -1 : kept.firstKey() - 1;
                    case LAST -> kept.isEmpty() ? 1 : kept.lastKey() + 1;
                };
                kept.put(number, w.json());
            }
            default -> {}
        }
    }

    private void take(Stored draft, Write.Take take) {
        var kept = draft.signals.get(take.name());
        if (kept == null || kept.remove(take.number()) == null) {
            throw new Refused(
                    "signal_taken",
                    "signal '" + take.name() + "' of run " + change.run() + " was taken already. This is a bug");
        }
        if (kept.isEmpty()) draft.signals.remove(take.name());
    }

    private void record(Stored draft, StepRecord step) {
        StepRecord present = draft.steps.get(step.key());
        if (!guards.mayRecord(present)) {
            throw new Refused(
                    "step_recorded",
                    "step " + step.key() + " of run " + change.run() + " is recorded already and never changes");
        }
        if (present == null && !guards.hasRoom(draft.steps.size())) {
            throw new Refused(
                    "too_many_steps",
                    "run " + change.run() + " has " + Defaults.STEPS_PER_RUN
                            + " steps, which is the limit: let a step do more, or start further runs");
        }
        draft.steps.put(step.key(), step);
    }

    private void keep(Run row) {
        String text = row.origin().key();
        if (text == null) return;
        var key = guards.key(row, text);
        if (guards.holdsKey(row, now)) disk.keys.put(key, row.id());
        else disk.keys.remove(key, row.id());
    }

    private void remove() {
        Stored gone = disk.runs.get(change.run());
        boolean left =
                gone != null && gone.inbox.stream().anyMatch(m -> m.message().kind() == Message.Kind.FINALISE);
        if (left) {
            throw new Refused(
                    "run_not_finalised",
                    "run " + change.run() + " cannot be removed before what is left of it has been done");
        }
        disk.forget(change.run());
        disk.removed.add(change.run());
    }
}
