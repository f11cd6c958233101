package dev.holdfast.sdk;

import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Waits of the body of a task: each is a step, whose result is recorded by whoever ends the wait. */
final class Waits {
    private final Attempt attempt;
    private final Leaving leaving;
    private final Journal journal;
    private final Forks forks;

    Waits(Attempt attempt, Leaving leaving, Journal journal, Forks forks) {
        this.attempt = attempt;
        this.leaving = leaving;
        this.journal = journal;
        this.forks = forks;
    }

    /** Makes the wait of a key, when it is waited for the first time. */
    interface Opening {
        Wait open();
    }

    /** The record of a wait at the next key, when it is over. */
    StepRecord next(String name, Opening opening) {
        StepKey key = journal.take();
        StepRecord found = journal.find(key, name);
        StepRecord begun = null;
        while (found == null || !found.isFinal()) {
            leaving.check();
            if (leaving.cancelIsDue()) throw forks.cancelAt(key, name);
            if (found == null && begun == null) {
                begun = StepRecord.waiting(key, name, attempt.epoch(), leaving.ask(opening::open));
            }
            attend(Waiting.on(key), found == null ? begun : null);
            found = journal.recorded(key);
        }
        return found;
    }

    /** A step that is tried again later: waits until then, or until a cancel is to be delivered. */
    void rest(StepRecord pending) {
        Instant turn = pending.next();
        while (turn != null) {
            leaving.check();
            if (leaving.cancelIsDue() || !leaving.ask(attempt::now).isBefore(turn)) return;
            attend(Waiting.on(pending.key()), Attempt.Goal.TURN, null);
        }
    }

    /** Waits once. Whether it is over then is for the records to say, and why it may not be for the standing. */
    void attend(Waiting on, @Nullable StepRecord begun) {
        attend(on, Attempt.Goal.RESULT, begun);
    }

    private void attend(Waiting on, Attempt.Goal goal, @Nullable StepRecord begun) {
        switch (leaving.ask(() -> attempt.await(new Attempt.Wish(on, goal, begun, forks::busy)))) {
            case OVER, LOOK -> {}
            case SUPERSEDED -> throw leaving.superseded();
            case LEAVE -> {
                forks.leave();
                throw leaving.givenUp("Run " + attempt.run() + " waits, and goes on when what it waits for has come.");
            }
        }
    }
}
