package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs that ended long ago are removed with all that is theirs, and nothing else is. */
interface RetentionContract extends Contract {
    Duration KEPT = Duration.ofDays(7);

    private Run finished(Draft draft) {
        draft.start();
        Run running = lab().claim("t", 1).getFirst().run();
        assertThat(lab().ledger().commit(lab().held(running, Lab.done(1, "1")))).isEqualTo(Lab.APPLIED);
        return lab().apply(lab().read(running.id()), new Command.Succeed(lab().by(running)), Lab.output("1"));
    }

    private Run failed() {
        lab().draft("t").start();
        Run running = lab().claim("t", 1).getFirst().run();
        var error = RunError.ours("final", "it is over");
        return lab().apply(running, new Command.Fail(lab().by(running), error, 0.5));
    }

    /** Answers which were removed. */
    private Set<RunId> discardAll() {
        Instant before = lab().ledger().now().minus(KEPT);
        var removed = new HashSet<RunId>();
        for (int i = 0; i < 100; i++) {
            var piece = lab().ledger().discard(before, 2);
            removed.addAll(piece.runs());
            if (!piece.hasMore()) return removed;
        }
        throw new AssertionError("it never ends");
    }

    private List<RunId> runs(RunFilter filter) {
        return lab().reads().runs(Namespace.DEFAULT, filter, null, 100).stream()
                .map(Run::id)
                .toList();
    }

    @Test
    default void whatEndedLongAgoIsRemovedWithAllThatIsItsOwn() {
        RunId old = finished(lab().draft("t").tags("blue")).id();
        RunId older = failed().id();
        lab().clock.pass(KEPT);
        RunId young = finished(lab().draft("t").tags("blue")).id();
        assertThat(discardAll()).as("what was removed").containsExactlyInAnyOrder(old, older);
        assertThat(runs(RunFilter.ALL)).containsExactly(young);
        assertThat(runs(new RunFilter(null, null, "blue", null, null))).containsExactly(young);
        for (RunId gone : List.of(old, older)) {
            assertThat(lab().reads().run(gone)).isEmpty();
            assertThat(lab().reads().steps(gone)).isEmpty();
            assertThat(lab().reads().view(Namespace.DEFAULT, gone)).isEmpty();
            assertThat(lab().reads().result(gone)).isEmpty();
        }
        assertThat(lab().reads().steps(young)).hasSize(1);
    }

    @Test
    default void theEndCountsAndNotTheBeginning() {
        Run queued = lab().draft("t").start();
        Run running = lab().claim("t", 1).getFirst().run();
        assertThat(running.id()).isEqualTo(queued.id());
        Run delayed = lab().draft("t").delay(Duration.ofDays(50)).start();
        lab().clock.pass(KEPT.multipliedBy(2));
        discardAll();
        assertThat(runs(RunFilter.ALL)).containsExactly(delayed.id(), running.id());
        lab().apply(running, new Command.Succeed(lab().by(running)), Lab.output("1"));
        lab().clock.pass(KEPT.minusMillis(1));
        discardAll();
        assertThat(runs(RunFilter.ALL)).containsExactly(delayed.id(), running.id());
        lab().clock.pass(Duration.ofMillis(1));
        discardAll();
        assertThat(runs(RunFilter.ALL)).containsExactly(delayed.id());
    }

    @Test
    default void whoHoldsABusinessKeyStaysAsLong() {
        RunId holder = finished(lab().draft("t").key("k")).id();
        lab().clock.pass(Defaults.KEY_RETENTION.minusMillis(1));
        discardAll();
        assertThat(runs(RunFilter.ALL)).containsExactly(holder);
        lab().clock.pass(Duration.ofMillis(1));
        discardAll();
        assertThat(runs(RunFilter.ALL)).isEmpty();
        assertThat(lab().draft("t").key("k").start().id()).isNotEqualTo(holder);
    }

    @Test
    default void aLookGoesOnWhereItWasAndEnds() {
        for (int i = 0; i < 5; i++) failed();
        lab().clock.pass(KEPT);
        Instant before = lab().ledger().now().minus(KEPT);
        assertThat(lab().ledger().discard(before, 2).hasMore()).isTrue();
        assertThat(runs(RunFilter.ALL).size()).isBetween(2, 4);
        int pieces = 1;
        while (lab().ledger().discard(before, 2).hasMore()) pieces++;
        assertThat(pieces).isLessThan(6);
        assertThat(runs(RunFilter.ALL)).isEmpty();
        assertThat(lab().ledger().discard(before, 2).hasMore()).isFalse();
    }

    @Test
    default void whatIsLeftToBeDoneIsDoneFirst() {
        Run parent = lab().draft("t").start();
        Run held = lab().claim("t", 1).getFirst().run();
        Run child = lab().draft("t")
                .parent(new Run.Parent(held.id(), 1, StepKey.of(1), Run.Bond.ATTACHED))
                .start();
        lab().apply(held, new Command.Succeed(lab().by(held)), Lab.output("1"));
        lab().clock.pass(KEPT);
        discardAll();
        assertThat(runs(RunFilter.ALL)).contains(parent.id(), child.id());
    }

    @Test
    default void whoeverWaitedForItIsToldFirst() {
        Run parent = lab().running("parent");
        Run child = lab().running("child");
        lab().ledger().commit(lab().held(parent, new Write.Await(child.id())));
        lab().apply(child, new Command.Succeed(lab().by(child)), Lab.output("1"));
        lab().clock.pass(KEPT);
        discardAll();
        assertThat(runs(RunFilter.ALL)).containsExactly(child.id(), parent.id());
        var told = lab().reads().inbox(parent.id()).stream()
                .map(Message.Delivered::number)
                .toList();
        lab().ledger().commit(lab().held(parent, new Write.Consume(told)));
        discardAll();
        assertThat(runs(RunFilter.ALL)).containsExactly(parent.id());
    }
}
