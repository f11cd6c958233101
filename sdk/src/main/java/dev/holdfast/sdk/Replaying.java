package dev.holdfast.sdk;

import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Source;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The one Context: replays what is recorded, records what is not. Over any {@link Attempt}. */
final class Replaying implements Context {
    private static final Step<Instant> NOW = Step.named("now", Instant.class);

    private final Parts parts;
    private final Attempt attempt;
    private final Leaving leaving;
    private final Journal journal;
    private final Map<String, Boolean> changes = new HashMap<>();
    private @Nullable RandomGenerator random;

    Replaying(Parts parts) {
        this.parts = parts;
        this.attempt = parts.attempt();
        this.leaving = parts.leaving();
        this.journal = parts.journal();
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
        StepKey key = journal.take();
        StepRecord found = journal.find(key, step.name());
        if (found != null && found.isFinal()) return journal.replay(found, step.type());
        return new StepTries<>(parts, key, step).run(body, found);
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
            leaving.deliverCancel(key, NOW.name());
            String json = parts.codec().encode(leaving.ask(attempt::now));
            found = StepRecord.done(key, NOW.name(), attempt.epoch(), 1, json);
            leaving.keep(found);
        }
        return journal.replay(found, NOW.type());
    }

    @Override
    public RandomGenerator random() {
        enter("ctx.random()");
        if (random == null) random = new RunRandom(attempt.run(), parts.confinement());
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

    private void enter(String call) {
        parts.confinement().check(call);
        leaving.check();
    }
}
