package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.core.stream.Source;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The one Context: replays what is recorded, records what is not. Over any {@link Attempt}. */
final class Replaying implements Context {
    private static final Step<Instant> NOW = Step.named("now", Instant.class);
    private static final Step<String> ANY = Step.named("any", String.class);
    private static final TypeRef<Opened> OPENED = TypeRef.of(Opened.class);

    private final Parts parts;
    private final Attempt attempt;
    private final Leaving leaving;
    private final Journal journal;
    private final Waits waits;
    private final Map<String, Boolean> changes = new HashMap<>();
    private @Nullable RandomGenerator random;

    Replaying(Parts parts) {
        this.parts = parts;
        this.attempt = parts.attempt();
        this.leaving = parts.leaving();
        this.journal = parts.journal();
        this.waits = parts.waits();
    }

    @Override
    public RunId runId() {
        return attempt.run();
    }

    @Override
    public int attempt() {
        return attempt.number();
    }

    @Override
    public long epoch() {
        return attempt.epoch();
    }

    @Override
    public Optional<Instant> scheduledAt() {
        return attempt.scheduledAt();
    }

    @Override
    public <T extends @Nullable Object> T step(String name, Class<T> type, Step.Body<T> body) {
        return step(Step.named(name, type), body);
    }

    @Override
    public void step(String name, Step.VoidBody body) {
        step(Step.named(name, Void.class), scope -> {
            body.run(scope);
            return nothing();
        });
    }

    @Override
    public <T extends @Nullable Object> T step(Step<T> step, Step.Body<T> body) {
        enter("ctx.step(\"" + step.name() + "\", …)");
        return step(step, body, new Here());
    }

    private <T extends @Nullable Object> T step(Step<T> step, Step.Body<T> body, StepTries.Course course) {
        StepKey key = journal.take();
        StepRecord found = journal.find(key, step.name());
        if (found != null && found.isFinal()) return journal.replay(found, step.type());
        var tries = new StepTries<>(parts, key, step, course);
        tries.run(body, found);
        StepRecord recorded = journal.over(key);
        if (recorded.status() == StepRecord.Status.CANCELLED) throw leaving.cancelled();
        return tries.value(recorded);
    }

    @Override
    public <T extends @Nullable Object> T transaction(String name, Class<T> type, Step.SqlBody<T> body) {
        return transaction(Step.named(name, type), body);
    }

    @Override
    public <T extends @Nullable Object> T transaction(Step<T> step, Step.SqlBody<T> body) {
        enter("ctx.transaction(\"" + step.name() + "\", …)");
        try (var committing = new Committing<>(parts, new Here(), body)) {
            return step(step, committing::execute, committing);
        }
    }

    /** How a step goes on whose body executes on the Context's thread. */
    private final class Here implements StepTries.Course {
        @Override
        public void check() {
            leaving.check();
        }

        @Override
        public void rest(StepRecord pending) {
            waits.rest(pending);
        }

        @Override
        public void cancelled(StepKey key, String name) {
            parts.forks().tell();
            leaving.keep(StepRecord.cancelled(key, name, attempt.epoch()));
        }
    }

    @SuppressWarnings("NullAway") // the one value of Void is null
    private static Void nothing() {
        return null;
    }

    @Override
    public Instant now() {
        enter("ctx.now()");
        StepKey key = journal.take();
        StepRecord found = journal.find(key, NOW.name());
        if (found == null || !found.isFinal()) {
            if (leaving.cancelIsDue()) throw parts.forks().cancelAt(key, NOW.name());
            String json = parts.codec().encode(leaving.ask(attempt::now));
            found = StepRecord.done(key, NOW.name(), attempt.epoch(), 1, json);
            leaving.keep(found);
        }
        return journal.replay(found, NOW.type());
    }

    @Override
    public RandomGenerator random() {
        enter("ctx.random()");
        if (random == null) random = new RunRandom(journal.numbersOf(), parts.confinement());
        return random;
    }

    @Override
    public boolean changed(String change) {
        Names.check("change", change);
        enter("ctx.changed(\"" + change + "\")");
        Boolean known = changes.get(change);
        if (known == null) {
            known = journal.isNewEnough(change);
            // Once false it stays false in this replay: a later place of the same change must not contradict this one.
            changes.put(change, known);
        }
        return known;
    }

    @Override
    public void send(Object chunk) {
        enter("ctx.send(…)");
        String json = parts.chunks().json(chunk);
        int next = journal.taken() + 1;
        // It stands, and was sent, if anything at or above the next key was recorded before this epoch.
        if (next <= leaving.ask(attempt::replayedThrough)) return;
        parts.chunks().send(Source.between(next), json);
    }

    @Override
    public <T extends @Nullable Object> Pending<T> fork(Step<T> step, Step.Body<T> body) {
        enter("ctx.fork(…)");
        StepKey key = journal.take();
        StepRecord found = journal.findBegun(key, step.name());
        var begun = new Begun<>(parts, key, step.name(), step.type());
        if (found == null && leaving.cancelIsDue()) {
            leaving.keep(StepRecord.cancelled(key, step.name(), attempt.epoch()));
        } else if (found == null || !found.isFinal()) {
            parts.forks().begin(parts, key, step, body, found);
        }
        return begun;
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> Pending<O> fork(Task<I, O> child, I input) {
        return fork(child, input, Start.now());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> Pending<O> fork(
            Task<I, O> child, I input, Start start) {
        enter("ctx.fork(" + child + ", …)");
        if (start.requestId() != null) {
            throw new IllegalArgumentException(
                    "A child needs no request id: the step that starts it is recorded once. Leave it out.");
        }
        StepKey key = journal.take();
        String name = "call " + child.name();
        var begun = new Begun<>(parts, key, name, child.output());
        if (journal.findBegun(key, name) != null) return begun;
        if (leaving.cancelIsDue()) {
            leaving.keep(StepRecord.cancelled(key, name, attempt.epoch()));
            return begun;
        }
        String lane = child.laneOf(input, start);
        Start how = lane == null ? start : start.lane(lane);
        var wish = new ChildStart(key, name, child.name(), parts.codec().encode(input), how);
        if (leaving.ask(() -> start(wish)) == Attempt.Answer.SUPERSEDED) throw leaving.superseded();
        return begun;
    }

    /** A refusal is recorded, so that it steers the code in every replay. */
    private Attempt.Answer start(ChildStart wish) {
        try {
            return attempt.start(wish);
        } catch (Refused e) {
            var error = RunError.ours(e.code(), "task %s was not started: %s".formatted(wish.task(), e.getMessage()));
            return attempt.record(StepRecord.failed(wish.key(), wish.step(), attempt.epoch(), 1, error));
        }
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> O call(Task<I, O> child, I input) {
        return call(child, input, Start.now());
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> O call(Task<I, O> child, I input, Start start) {
        return fork(child, input, start).join();
    }

    @Override
    public <T extends @Nullable Object> List<T> all(Collection<? extends Pending<? extends T>> pending) {
        enter("ctx.all(…)");
        List<Begun<T>> all = begun(pending);
        if (!all.isEmpty()) Begun.awaitAll(all);
        var results = new ArrayList<T>();
        for (Begun<T> one : all) results.add(one.result());
        return results;
    }

    @Override
    public <T extends @Nullable Object> Pending<T> any(Collection<? extends Pending<? extends T>> pending) {
        enter("ctx.any(…)");
        List<Begun<T>> all = begun(pending);
        if (all.isEmpty()) throw new IllegalArgumentException("ctx.any(…) was given nothing to choose from.");
        StepKey key = journal.take();
        StepRecord found = journal.find(key, ANY.name());
        if (found == null) {
            Begun<T> first = first(all, key);
            found = StepRecord.done(
                    key,
                    ANY.name(),
                    attempt.epoch(),
                    1,
                    parts.codec().encode(first.key().path()));
            leaving.keep(found);
        }
        String chosen = journal.replay(found, ANY.type());
        for (Begun<T> one : all) if (one.key().path().equals(chosen)) return one;
        throw leaving.refuse(
                "step_unreadable",
                "In run %s step %s has chosen step %s, which is not among those that ctx.any(…) was given."
                        .formatted(attempt.run(), key, chosen));
    }

    /** The first that is over, in the order given. */
    private <T extends @Nullable Object> Begun<T> first(List<Begun<T>> all, StepKey key) {
        var on = new Waiting(Waiting.Need.ANY, all.stream().map(Begun::key).toList());
        while (true) {
            leaving.check();
            for (Begun<T> one : all) if (one.isOver()) return one;
            if (leaving.cancelIsDue()) throw parts.forks().cancelAt(key, ANY.name());
            waits.attend(on, null);
        }
    }

    @SuppressWarnings("unchecked") // a Pending<? extends T> gives what a Pending<T> gives
    private <T extends @Nullable Object> List<Begun<T>> begun(Collection<? extends Pending<? extends T>> pending) {
        var all = new ArrayList<Begun<T>>();
        for (Pending<? extends T> one : pending) {
            if (!(one instanceof Begun<?> begun) || !begun.parts().leaving().equals(leaving)) {
                throw new IllegalArgumentException(
                        "A Pending belongs to the Context that has begun it: it cannot be handed to another one.");
            }
            all.add((Begun<T>) begun);
        }
        return all;
    }

    @Override
    public void sleep(Duration time) {
        enter("ctx.sleep(…)");
        Duration asked = Durations.notNegative("sleep", time);
        waits.next("sleep", () -> new Wait.Time(after(asked)));
    }

    @Override
    public void sleepUntil(Instant time) {
        enter("ctx.sleepUntil(…)");
        waits.next("sleep", () -> new Wait.Time(within(time)));
    }

    @Override
    public <T extends @Nullable Object> T await(Signal<T> signal) {
        enter("ctx.await(" + signal.name() + ")");
        return journal.replay(
                waits.next("await " + signal.name(), () -> new Wait.Signal(signal.name(), null)), signal.type());
    }

    @Override
    public <T> Optional<T> await(Signal<T> signal, Duration timeout) {
        enter("ctx.await(" + signal.name() + ", …)");
        Duration asked = Durations.notNegative("time-out", timeout);
        return inTime(
                waits.next("await " + signal.name(), () -> new Wait.Signal(signal.name(), after(asked))),
                signal.type());
    }

    private <T> Optional<T> inTime(StepRecord over, TypeRef<T> type) {
        if (over.status() == StepRecord.Status.TIMED_OUT) return Optional.empty();
        return Optional.ofNullable(journal.replay(over, type));
    }

    /** What has passed is over now, and nobody waits longer than for the longest time. */
    private Instant within(Instant time) {
        Instant now = attempt.now();
        if (time.isBefore(now)) return now;
        Instant last = now.plus(Defaults.LONGEST);
        return time.isAfter(last) ? last : time.truncatedTo(ChronoUnit.MILLIS);
    }

    private Instant after(Duration time) {
        return attempt.now().plus(Defaults.atMostLongest(time));
    }

    @Override
    public <T> Token<T> token(String name, Class<T> type, Duration timeout) {
        return token(name, TypeRef.of(type), timeout);
    }

    @Override
    public <T> Token<T> token(String name, TypeRef<T> type, Duration timeout) {
        Names.check("token", name);
        enter("ctx.token(\"" + name + "\", …)");
        Duration open = Durations.positive("time-out", timeout);
        StepKey key = journal.take();
        String step = "token " + name;
        StepRecord found = journal.find(key, step);
        if (found == null) {
            if (leaving.cancelIsDue()) throw parts.forks().cancelAt(key, step);
            if (leaving.ask(() -> attempt.token(key, step, open)) == Attempt.Answer.SUPERSEDED) {
                throw leaving.superseded();
            }
            found = journal.over(key);
        }
        Opened opened = journal.replay(found, OPENED);
        return new Token<>() {
            @Override
            public String id() {
                return opened.id();
            }

            @Override
            public URI callback() {
                return URI.create("/v1/tokens/" + opened.id() + "/complete");
            }

            @Override
            public Optional<T> await() {
                enter("the await() of token '" + name + "'");
                var wait = new Wait.Token(opened.id(), opened.until());
                return inTime(waits.next("await " + step, () -> wait), type);
            }
        };
    }

    /** What is recorded of a token when it is opened. */
    private record Opened(String id, Instant until) {}

    private void enter(String call) {
        parts.confinement().check(call);
        leaving.check();
    }
}
