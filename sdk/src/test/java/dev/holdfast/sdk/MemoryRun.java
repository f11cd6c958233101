package dev.holdfast.sdk;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Fold;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run in memory, as a ledger and a stream would keep it. Its process can die at any write, before or after it; time
 * passes only when somebody waits.
 */
final class MemoryRun {
    static final RunId ID = new RunId(0x0198_0000_0000_7000L, 0x8000_0000_0000_0042L);
    static final Codec CODEC = Codec.json();

    /** The process is dead: no more of its code counts. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process died", null, false, false);
        }
    }

    final Map<StepKey, StepRecord> records = new ConcurrentSkipListMap<>();
    /** Every record that was ever kept. */
    final List<StepRecord> written = new CopyOnWriteArrayList<>();

    /** What was sent and nobody has waited for yet: name and JSON. */
    final List<Map.Entry<String, String>> signals = new ArrayList<>();

    /** Children that were started, and how they end: JSON, or the message of their failure after a {@code !}. */
    final List<ChildStart> children = new ArrayList<>();

    Function<ChildStart, String> endOfChild = child -> child.input();

    /** Whether a wait leaves user code: what it waits for comes between two epochs. */
    boolean leaves;

    final List<Entry> stream = new ArrayList<>();
    final List<Duration> pauses = new ArrayList<>();
    final List<String> begun = new ArrayList<>();
    int attempts = 1;
    long epoch;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    volatile Attempt.Standing standing = Attempt.Standing.GOING;
    Run.@Nullable Parked parked;
    Attempt.Answer answer = Attempt.Answer.KEPT;

    /** So many writes from now on the process dies, at that write. Negative: never. */
    int crashIn = -1;

    /** A timeout rings as soon as it is set. */
    boolean alarmsRing;

    /** What happens when somebody sends, before the chunk is there. */
    Runnable onSend = () -> {};

    /** What happens when somebody pauses, before time passes. */
    Runnable onPause = () -> {};

    /** One epoch: the body is called once, in a process that may die. */
    Ending run(Handler<?, ?> handler, String input) {
        epoch++;
        List<Source> drop = dev.holdfast.core.stream.Standing.drop(stream, records.values());
        if (!drop.isEmpty()) append(new Item.Rewind(drop));
        var attempt = new OneEpoch(
                dev.holdfast.core.stream.Standing.of(records.values()).through());
        Ending ending = Execution.run(handler, attempt, input, CODEC);
        if (ending instanceof Ending.Threw threw) rethrowAssertion(threw.error());
        for (StepRecord record : written) {
            if (record.error() != null) rethrowAssertion(record.error());
        }
        return ending;
    }

    /** An assertion inside a body is a failure of the test, not of the run. */
    private static void rethrowAssertion(RunError error) {
        if (error.type().contains("Assertion")) throw new AssertionError(error.message() + "\n" + error.stack());
    }

    /** Epoch after epoch, attempt after attempt, until it ends for good. */
    Ending finish(Handler<?, ?> handler, String input) {
        while (true) {
            Ending ending;
            left = false;
            try {
                ending = run(handler, input);
            } catch (Crash e) {
                continue;
            }
            if (left) {
                records.values().stream().filter(r -> !r.isFinal()).toList().forEach(this::comes);
                continue;
            }
            if (ending instanceof Ending.Threw threw
                    && threw.error().retryable()
                    && attempts < handler.task().retry().maxAttempts()) {
                attempts++;
                threw.toHistory().forEach(records::remove);
                continue;
            }
            return ending;
        }
    }

    /** As if somebody had asked for the run to be cancelled: the standing changes, then the thread is interrupted. */
    void stop(Attempt.Standing why) {
        standing = why;
        Thread.currentThread().interrupt();
    }

    private boolean left;

    /** What it waits for comes now; false if it never does. */
    private boolean comes(StepRecord pending) {
        StepRecord over = switch (pending.awaits()) {
            case Wait.Time w -> pending.timedOut();
            case Wait.Turn w -> null;
            case Wait.Signal w -> sent(pending, w.name());
            case Wait.Token w -> sent(pending, w.id());
            case Wait.Child w -> ended(pending);
            case null -> null;
        };
        Instant until = pending.next();
        if (until != null && until.isAfter(now) && (over == null || over.awaits() instanceof Wait.Time)) {
            pauses.add(Duration.between(now, until));
            now = until;
        }
        if (over == null && until != null && !(pending.awaits() instanceof Wait.Turn)) over = pending.timedOut();
        if (over == null) return until != null;
        records.put(over.key(), over);
        written.add(over);
        return true;
    }

    private @Nullable StepRecord sent(StepRecord pending, String name) {
        for (var signal : signals) {
            if (!signal.getKey().equals(name)) continue;
            signals.remove(signal);
            return pending.came(signal.getValue());
        }
        return null;
    }

    private StepRecord ended(StepRecord pending) {
        ChildStart child = children.stream()
                .filter(c -> c.key().equals(pending.key()))
                .reduce((a, b) -> b)
                .orElseThrow();
        String end = endOfChild.apply(child);
        return end.startsWith("!")
                ? pending.broke(Outcome.FAILED, RunError.ours("user_error", end.substring(1)))
                : pending.came(end);
    }

    String text() {
        return Fold.of(stream).text();
    }

    StepRecord at(int number) {
        StepRecord record = records.get(StepKey.of(number));
        if (record == null) throw new AssertionError("nothing is recorded at " + number + ": " + records);
        return record;
    }

    private synchronized void append(Item item) {
        stream.add(new Entry(stream.size() + 1, epoch, item));
    }

    private final class OneEpoch implements Attempt {
        private final long mine = epoch;
        private final int through;
        private boolean dead;
        private boolean isDelivered;

        OneEpoch(int through) {
            this.through = through;
        }

        private void write(Runnable write) {
            if (dead) throw new Crash();
            if (crashIn >= 0 && crashIn-- == 0) {
                // The parity of what is written so far decides, so that both sides of a write are met.
                if (stream.size() % 2 == 0) write.run();
                dead = true;
                throw new Crash();
            }
            write.run();
        }

        @Override
        public RunId run() {
            return ID;
        }

        @Override
        public int number() {
            return attempts;
        }

        @Override
        public long epoch() {
            return mine;
        }

        @Override
        public @Nullable StepRecord recorded(StepKey key) {
            return records.get(key);
        }

        @Override
        public int replayedThrough() {
            return through;
        }

        @Override
        public Answer record(StepRecord step) {
            if (answer == Answer.SUPERSEDED) return answer;
            write(() -> {
                StepRecord before = records.put(step.key(), step);
                if (before != null && before.isFinal())
                    throw new AssertionError("recorded twice: " + before + ", " + step);
                written.add(step);
            });
            wake();
            return Answer.KEPT;
        }

        @Override
        public void delivered() {
            isDelivered = true;
        }

        @Override
        public Answer park(Run.Parked mismatch) {
            if (answer == Answer.SUPERSEDED) return answer;
            parked = mismatch;
            return Answer.KEPT;
        }

        @Override
        public void begin(StepKey key, int tries) {
            write(() -> {
                begun.add(key + "/" + tries);
                Source before = Source.step(key, tries - 1);
                // Try 0 would be what was sent between steps before this key.
                if (tries > 1 && Fold.of(stream).sources().contains(before)) append(new Item.Rewind(List.of(before)));
            });
        }

        @Override
        public void send(Source source, String json) {
            onSend.run();
            write(() -> append(new Item.Chunk(source, json)));
        }

        @Override
        public Attempt.Standing standing() {
            return standing;
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public double dice() {
            return 0.5;
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            onPause.run();
            if (Thread.interrupted()) throw new InterruptedException();
            pauses.add(time);
            now = now.plus(time);
        }

        private final Semaphore bell = new Semaphore(0);

        @Override
        public Waited await(Wish wish) {
            while (true) {
                if (wish.on().isOver(key -> pending(key, wish.goal()))) return Waited.OVER;
                if (standing != Attempt.Standing.GOING && !isDelivered) return Waited.LOOK;
                StepRecord begun = wish.begun();
                if (begun != null && records.get(begun.key()) == null) {
                    if (record(begun) == Answer.SUPERSEDED) return Waited.SUPERSEDED;
                    continue;
                }
                if (wish.busy().getAsBoolean()) {
                    rest();
                    if (Thread.interrupted()) return Waited.LOOK;
                    continue;
                }
                onPause.run();
                if (Thread.interrupted()) return Waited.LOOK;
                if (leaves) {
                    left = true;
                    return Waited.LEAVE;
                }
                boolean any = false;
                for (StepKey key : wish.on().keys()) {
                    StepRecord waits = records.get(key);
                    if (waits != null && !waits.isFinal()) any |= comes(waits);
                }
                if (!any) throw new AssertionError("nothing ever ends this wait: " + wish);
            }
        }

        private boolean pending(StepKey key, Goal goal) {
            StepRecord step = records.get(key);
            if (step == null) return true;
            Instant turn = step.next();
            boolean itsTurn = goal == Goal.TURN && (turn == null || !turn.isAfter(now));
            return !step.isFinal() && !itsTurn;
        }

        private void rest() {
            try {
                if (bell.tryAcquire(1, TimeUnit.SECONDS)) bell.drainPermits();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void wake() {
            bell.release();
        }

        @Override
        public void settle(BooleanSupplier over) {
            while (!over.getAsBoolean()) rest();
        }

        @Override
        public Thread beside(String name, Runnable body) {
            return Thread.ofVirtual().name(name).start(body);
        }

        @Override
        public Answer start(ChildStart child) {
            if (child.task().equals("unknown")) throw new Refused("task_unknown", "no task is called 'unknown' here");
            var id = new RunId(7, child.key().number());
            var step = StepRecord.waiting(child.key(), child.step(), mine, new Wait.Child(id));
            return record(step) == Answer.SUPERSEDED || !children.add(child) ? Answer.SUPERSEDED : Answer.KEPT;
        }

        @Override
        public Answer token(StepKey key, String name, Duration open) {
            String json = "{\"id\":\"tok_" + key + "\",\"until\":\"" + now.plus(open) + "\"}";
            return record(StepRecord.done(key, name, mine, 1, json));
        }

        @Override
        public Alarm interruptAfter(Duration time) {
            if (alarmsRing) Thread.currentThread().interrupt();
            return new Alarm() {
                private final boolean rang = alarmsRing;

                @Override
                public boolean rang() {
                    return rang;
                }

                @Override
                public void close() {
                    if (rang) Thread.interrupted();
                }
            };
        }
    }
}
