package dev.holdfast.engine;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.JsonText;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.Standing;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.StreamLog;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A run that does at random what runs do, one small act at a time: it sends between steps, in steps and in steps side by
 * side; its steps are tried again, fail and are cancelled; its attempts are tried again; it gives up and is woken; its epochs die
 * anywhere (before their first act too), and lose what they had not yet written; somebody else may end it. Some are written
 * to a log that loses its newest entries when an epoch dies, and that somebody gets into who has lost the run.
 *
 * <p>It writes to the journal by the rules of the writing side, and keeps its own account of what stands: by the chunk
 * and the epoch that sent it, and by the order of the program, never by keys, sources or rewinds. Every chunk says in
 * which epoch it was sent, so that no two are alike.
 */
final class RandomRun {
    private static final RunError ERROR = new RunError("user", "E", "no", "", true);

    private sealed interface Op {
        record Send(int chunks) implements Op {}

        /** A step; {@code aside}: its body runs beside what follows, until the next Join. */
        record Do(Plan plan, boolean aside) implements Op {}

        record Join() implements Op {}

        record Wait() implements Op {}

        record Mark() implements Op {}
    }

    /**
     * @param chunks that every try sends
     * @param tries how many it needs
     * @param failsUntil the attempts before this one see it fail for good
     * @param caught the body does not mind the failure
     */
    private record Plan(int chunks, int tries, int failsUntil, boolean caught) {}

    /** A chunk as this model knows it: which act of the program sent it, and when. */
    private record Sent(String name, String text, int op, long epoch, int tries, long number) {
        Sent at(long written) {
            return new Sent(name, text, op, epoch, tries, written);
        }
    }

    private record Buffered(Item item, @Nullable Sent sent) {}

    /** Which epoch and try made the record of an op that is in force; of a wait, none did. */
    private record Made(long epoch, int tries) {}

    private final SplittableRandom dice;
    private final Journal journal;
    private final List<Op> program = new ArrayList<>();
    private final double crashes;
    private final boolean fencedByOpening;
    private final boolean forgetful;

    // What is durable.
    private final Map<StepKey, StepRecord> steps = new LinkedHashMap<>();
    private final TreeMap<Integer, Made> made = new TreeMap<>();
    private final List<Sent> alive = new ArrayList<>();
    private final Map<Long, Sent> written = new HashMap<>();
    private int attempt = 1;
    private boolean held;
    private boolean finished;
    private @Nullable StepKey waitsAt;
    private int waitsAtOp;
    boolean everCrashed;
    boolean everHaunted;
    boolean everFailed;
    boolean everLost;
    boolean cancelled;

    // What dies with an epoch.
    private final Deque<Buffered> buffer = new ArrayDeque<>();
    /** What somebody who has lost the run still sends, until the next epoch opens. */
    private final Deque<Buffered> zombie = new ArrayDeque<>();

    private final Map<Integer, Body> bodies = new TreeMap<>();
    private final Map<Integer, StepKey> taken = new HashMap<>();
    private boolean begun;
    private int at;
    private int sentAt;
    private int nextKey;
    private int through;
    /** Which ops have a step that waits, or has waited. */
    private final NavigableSet<Integer> pending = new TreeSet<>();

    RandomRun(SplittableRandom dice, Journal journal) {
        this.dice = dice;
        this.journal = journal;
        this.fencedByOpening = dice.nextBoolean();
        this.forgetful = fencedByOpening && dice.nextBoolean();
        journal.fencing = fencedByOpening ? StreamLog.Fencing.BY_OPENING : StreamLog.Fencing.BY_ROW;
        this.crashes = dice.nextInt(4) == 0 ? 0 : 0.01 + dice.nextDouble() * 0.05;
        int length = 1 + dice.nextInt(9);
        for (int i = 0; i < length; i++) {
            switch (dice.nextInt(10)) {
                case 0, 1, 2 -> program.add(new Op.Send(1 + dice.nextInt(3)));
                case 3, 4 -> program.add(new Op.Do(plan(), false));
                case 5, 6, 7 -> program.add(new Op.Do(plan(), true));
                case 8 -> program.add(dice.nextBoolean() ? new Op.Join() : new Op.Mark());
                default -> {
                    // It gives up only when no body is executing.
                    program.add(new Op.Join());
                    program.add(new Op.Wait());
                }
            }
        }
        program.add(new Op.Join());
        if (dice.nextBoolean()) program.add(new Op.Send(1));
    }

    private Plan plan() {
        int failsUntil = dice.nextInt(5) == 0 ? 2 + dice.nextInt(2) : 0;
        return new Plan(dice.nextInt(5), 1 + dice.nextInt(3) / 2 + dice.nextInt(2), failsUntil, dice.nextInt(3) == 0);
    }

    boolean isFinished() {
        return finished;
    }

    /** What a watcher shows in the end. */
    List<String> standing() {
        return alive.stream().map(Sent::text).toList();
    }

    /** What the acts of a program that succeeded are to have sent, each once, in the order of the program. */
    List<String> expected() {
        var names = new ArrayList<String>();
        for (int op = 0; op < program.size(); op++) {
            int chunks = switch (program.get(op)) {
                case Op.Send send -> send.chunks();
                case Op.Do step -> step.plan().chunks();
                default -> 0;
            };
            for (int i = 0; i < chunks; i++) names.add(op + "." + i);
        }
        return names;
    }

    List<String> standingNames() {
        return alive.stream().map(Sent::name).toList();
    }

    boolean succeeded() {
        return journal.snapshots.getLast().outcome() == Outcome.SUCCEEDED;
    }

    boolean hasStepsAside() {
        return program.stream().anyMatch(op -> op instanceof Op.Do step && step.aside());
    }

    /** One small act of whoever has the turn. */
    void act() {
        if (finished) return;
        if (!begun && !zombie.isEmpty() && dice.nextInt(3) == 0) {
            haunt(1);
        } else if (!held) {
            if ((everCrashed || everFailed) && dice.nextInt(20) == 0) {
                endedByAnother(0);
            } else if (waitsAt != null) {
                wake();
            } else {
                claim();
            }
        } else if (dice.nextDouble() < crashes) {
            crash();
        } else if (!begun) {
            begin();
        } else if (crashes > 0 && dice.nextInt(200) == 0) {
            endedByAnother(dice.nextInt(4));
        } else if (!buffer.isEmpty() && dice.nextInt(3) == 0) {
            write(1 + dice.nextInt(buffer.size()));
        } else {
            var running = bodies.values().stream().filter(body -> !body.over).toList();
            int turn = dice.nextInt(running.size() + 1);
            if (turn < running.size()) {
                running.get(turn).act();
            } else {
                body();
            }
        }
    }

    private void claim() {
        journal.become(RunState.RUNNING, attempt, "claim");
        held = true;
        begun = false;
    }

    private void leave(RunState state, String cause) {
        journal.become(state, attempt, cause);
        held = false;
        begun = false;
        buffer.clear();
        bodies.clear();
        taken.clear();
    }

    private void crash() {
        everCrashed = true;
        if (begun && fencedByOpening) {
            for (Body body : bodies.values()) {
                if (!body.over && body.sent < body.plan.chunks()) {
                    send(Source.step(body.key, body.tries), body.op, body.sent++, body.tries);
                }
            }
            zombie.addAll(buffer);
        }
        leave(RunState.QUEUED, "lost");
        if (forgetful && dice.nextInt(3) > 0) lose(1 + dice.nextInt(6));
    }

    /** What the log has lost is gone, also rewinds: what they had taken back is there again. */
    private void lose(int many) {
        if (journal.entries.isEmpty()) return;
        everLost = true;
        journal.lose(many);
        zombie.clear();
        var there = new LinkedHashMap<Long, Source>();
        long newest = 0;
        for (Entry entry : journal.entries) {
            if (entry.epoch() < newest) continue;
            newest = entry.epoch();
            switch (entry.item()) {
                case Item.Chunk chunk -> there.put(entry.number(), chunk.source());
                case Item.Rewind rewind -> there.values().removeAll(rewind.drop());
                case Item.Gap gap -> {}
            }
        }
        alive.clear();
        for (Long number : there.keySet()) {
            Sent sent = written.get(number);
            if (sent != null) alive.add(sent);
        }
    }

    private void note(Sent sent) {
        written.put(sent.number(), sent);
        alive.add(sent);
    }

    /** Whoever has lost the run writes. */
    private void haunt(int most) {
        for (int i = 0; i < most && !zombie.isEmpty(); i++) {
            var next = zombie.remove();
            var sent = Objects.requireNonNull(next.sent());
            note(sent.at(journal.append(sent.epoch(), next.item())));
            everHaunted = true;
        }
    }

    /** The first act of an epoch, before user code. */
    private void begin() {
        var drop = Standing.drop(journal.entries, steps.values());
        if (fencedByOpening && journal.epoch() > 1) journal.open(new Item.Rewind(drop));
        else if (!drop.isEmpty()) journal.append(new Item.Rewind(drop));
        if (forgetful && everCrashed && dice.nextInt(4) == 0) {
            journal.intrude(1, new Item.Chunk(Source.between(dice.nextInt(4)), "\"nobody's\""));
            journal.intrude(1, new Item.Rewind(List.of(Source.between(dice.nextInt(4)))));
        }
        zombie.clear();
        alive.removeIf(sent -> !survives(sent));
        through = Standing.of(steps.values()).through();
        at = 0;
        sentAt = 0;
        nextKey = 1;
        begun = true;
    }

    /** By the program: of a step, what the epoch and try sent that made the record; else what a recorded op follows. */
    private boolean survives(Sent sent) {
        if (program.get(sent.op()) instanceof Op.Send) {
            boolean recorded = !made.isEmpty() && made.lastKey() > sent.op();
            return recorded || (!pending.isEmpty() && pending.last() > sent.op());
        }
        return new Made(sent.epoch(), sent.tries()).equals(made.get(sent.op()));
    }

    private void body() {
        if (at == program.size()) {
            write(buffer.size());
            finish(Outcome.SUCCEEDED, new StreamEnd(known(journal.last(), dice.nextBoolean()), List.of()));
            return;
        }
        switch (program.get(at)) {
            case Op.Send send -> {
                if (nextKey > through) send(Source.between(nextKey), at, sentAt, 0);
                if (++sentAt == send.chunks()) {
                    sentAt = 0;
                    at++;
                }
            }
            case Op.Do step -> {
                var key = take();
                var recorded = steps.get(key);
                if ((recorded == null || !recorded.isFinal()) && !bodies.containsKey(at)) {
                    bodies.put(at, new Body(at, key, step.plan(), recorded == null ? 1 : recorded.tries() + 1));
                }
                if (step.aside() || joined(at)) at++;
            }
            case Op.Join join -> {
                for (int op = 0; op < at; op++) {
                    if (program.get(op) instanceof Op.Do && !joined(op)) return;
                }
                at++;
            }
            case Op.Wait wait -> {
                var key = take();
                var recorded = steps.get(key);
                if (recorded != null && recorded.isFinal()) {
                    at++;
                } else {
                    write(buffer.size());
                    steps.put(key, StepRecord.waiting(key, "wait", journal.epoch(), new Wait.Time(Instant.EPOCH)));
                    pending.add(at);
                    waitsAt = key;
                    waitsAtOp = at;
                    leave(RunState.BLOCKED, "give up");
                }
            }
            case Op.Mark mark -> {
                var key = StepKey.marker("m" + at);
                steps.putIfAbsent(key, StepRecord.done(key, "changed", journal.epoch(), 1, "true"));
                at++;
            }
        }
    }

    private StepKey take() {
        return taken.computeIfAbsent(at, op -> StepKey.of(nextKey++));
    }

    /** Whether the body may go on after this step; its failure may end the attempt. */
    private boolean joined(int op) {
        var key = taken.get(op);
        var recorded = key == null || !held ? null : steps.get(key);
        if (recorded == null || !recorded.isFinal()) return false;
        if (recorded.status() != StepRecord.Status.FAILED) return true;
        if (program.get(op) instanceof Op.Do step && step.plan().caught()) return true;

        // The attempt fails: this step is to be done again, what was begun before its failure was delivered stays.
        everFailed = true;
        if (dice.nextBoolean()) write(buffer.size());
        steps.remove(recorded.key());
        made.remove(op);
        pending.remove(op);
        attempt++;
        leave(RunState.QUEUED, "fail");
        return false;
    }

    private void wake() {
        var key = Objects.requireNonNull(waitsAt);
        steps.put(key, StepRecord.done(key, "wait", journal.epoch(), 1, "true"));
        made.put(waitsAtOp, new Made(0, 0));
        waitsAt = null;
        journal.become(RunState.QUEUED, attempt, "unblock");
    }

    private void send(Source source, int op, int i, int tries) {
        String name = op + "." + i;
        String text = name + "@" + journal.epoch() + "/" + tries + " ";
        buffer.add(new Buffered(
                new Item.Chunk(source, JsonText.quote(text)), new Sent(name, text, op, journal.epoch(), tries, 0)));
    }

    private void write(int many) {
        for (int i = 0; i < many; i++) {
            var next = buffer.remove();
            long number = journal.append(next.item());
            if (next.sent() != null) note(next.sent().at(number));
        }
    }

    private void finish(Outcome outcome, StreamEnd end) {
        finished = true;
        held = false;
        journal.finish(outcome, attempt, end);
    }

    /**
     * Somebody who does not hold it ends it.
     *
     * @param late how much the holder still writes after the stream was looked at, and before the end is committed
     */
    private void endedByAnother(int late) {
        var drop = Standing.drop(journal.entries, steps.values());
        long last = journal.last();
        int more = Math.min(late, buffer.size());
        write(more);
        boolean haunted = !zombie.isEmpty();
        if (haunted) haunt(dice.nextInt(3));
        alive.removeIf(sent -> !survives(sent) || sent.number() > last);
        boolean known = haunted || more > 0 || everLost || dice.nextBoolean();
        finish(Outcome.CANCELLED, new StreamEnd(known(last, known), drop));
        haunt(dice.nextInt(3));
        alive.removeIf(sent -> sent.number() > last);
    }

    private static @Nullable Long known(long last, boolean known) {
        return known ? last : null;
    }

    /** A step while it executes. */
    private final class Body {
        final int op;
        final StepKey key;
        final Plan plan;
        int tries;
        int sent;
        boolean over;

        Body(int op, StepKey key, Plan plan, int tries) {
            this.op = op;
            this.key = key;
            this.plan = plan;
            this.tries = tries;
        }

        void act() {
            if (crashes > 0 && dice.nextInt(60) == 0) {
                // A cancel is delivered here; what this try sent is no result of anything.
                cancelled = true;
                write(buffer.size());
                steps.put(key, StepRecord.cancelled(key, "s", journal.epoch()));
                made.put(op, new Made(journal.epoch(), 0));
                over = true;
            } else if (sent < plan.chunks()) {
                send(Source.step(key, tries), op, sent++, tries);
            } else if (tries < plan.tries()) {
                again();
            } else {
                boolean fails = attempt < plan.failsUntil();
                // Its chunks, and what was sent before its key was taken, are durable before its record.
                write(buffer.size());
                steps.put(
                        key,
                        fails
                                ? StepRecord.failed(key, "s", journal.epoch(), tries, ERROR)
                                : StepRecord.done(key, "s", journal.epoch(), tries, "1"));
                made.put(op, new Made(journal.epoch(), tries));
                over = true;
            }
        }

        private void again() {
            if (dice.nextBoolean()) {
                write(buffer.size());
                steps.put(key, StepRecord.pending(key, "s", journal.epoch(), tries, ERROR, Instant.EPOCH));
                pending.add(op);
            }
            if (plan.chunks() > 0) {
                write(buffer.size());
                journal.append(new Item.Rewind(List.of(Source.step(key, tries))));
                alive.removeIf(earlier -> earlier.op() == op);
            }
            tries++;
            sent = 0;
        }
    }
}
