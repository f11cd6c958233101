package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A business key names at most one run that lives, or that has succeeded or was cancelled not long ago. */
interface KeyContract extends Contract {

    private void assertHeldBy(Run run) {
        Change another = lab().draft("t").key("k").change();
        assertThat(lab().ledger().commit(another)).isEqualTo(new Receipt.KeyHeld(run.id()));
        assertThat(lab().reads().run(another.run())).isEmpty();
    }

    private void assertFree() {
        assertThat(lab().ledger().commit(lab().draft("t").key("k").change())).isEqualTo(APPLIED);
    }

    @Test
    default void aKeyIsHeldWhileItsRunLives() {
        Lab lab = lab();
        Run run = lab.draft("t").key("k").start();
        assertHeldBy(run);
        Run running = lab.claim("t", 1).getFirst().run();
        assertHeldBy(run);
        Run lost = lab.apply(running, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        assertHeldBy(run);
        assertThat(lost.state()).isEqualTo(dev.holdfast.core.RunState.QUEUED);
        lab.clock.pass(Duration.ofDays(365));
        assertHeldBy(run);
        lab.reboot();
        assertHeldBy(run);
    }

    @Test
    default void aKeyIsHeldForThirtyDaysAfterSuccess() {
        Lab lab = lab();
        Run run = lab.draft("t").key("k").start();
        Run running = lab.claim("t", 1).getFirst().run();
        lab.apply(running, new Command.Succeed(lab.by(running)), Lab.output("1"));
        assertHeldBy(run);
        lab.clock.pass(Defaults.KEY_RETENTION.minusMillis(1));
        lab.ledger().forget(lab.ledger().now(), 100);
        assertHeldBy(run);
        lab.clock.pass(Duration.ofMillis(1));
        assertFree();
    }

    @Test
    default void aKeyIsHeldForThirtyDaysAfterACancel() {
        Lab lab = lab();
        Run run = lab.draft("t").key("k").start();
        Run cancelled = lab.apply(run, new Command.Cancel(false));
        assertThat(cancelled.status().outcome()).isEqualTo(Outcome.CANCELLED);
        assertHeldBy(run);
        lab.clock.pass(Defaults.KEY_RETENTION);
        lab.ledger().forget(lab.ledger().now(), 100);
        assertFree();
    }

    @Test
    default void aKeyIsFreedByTheChangeThatFails() {
        Lab lab = lab();
        Run run = lab.draft("t").key("k").start();
        Run running = lab.claim("t", 1).getFirst().run();
        Change fail = lab.change(running, new Command.Fail(lab.by(running), RunError.ours("final", "not again"), 0.5));
        Change next = lab.draft("t").key("k").change();
        assertThat(lab.ledger().commit(List.of(fail, next))).containsExactly(APPLIED, APPLIED);
        assertHeldBy(lab.read(next.run()));
        assertThat(lab.read(run.id()).status().outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    default void aKeyIsFreedByAnExpiry() {
        Lab lab = lab();
        Run run = lab.draft("t").key("k").ttl(Duration.ofSeconds(1)).start();
        lab.clock.pass(Duration.ofSeconds(2));
        lab.apply(run, new Command.Expire());
        assertFree();
    }

    @Test
    default void aKeyThatWasTakenAgainIsHeldByTheNewRun() {
        Lab lab = lab();
        Run old = lab.draft("t").key("k").start();
        lab.apply(old, new Command.Cancel(false));
        lab.clock.pass(Defaults.KEY_RETENTION);
        Run taken = lab.draft("t").key("k").start();
        lab.ledger().forget(lab.ledger().now(), 100);
        assertHeldBy(taken);
        assertThat(lab.ledger().commit(lab.held(lab.read(old.id()), new Write.Remove())))
                .isEqualTo(APPLIED);
        assertHeldBy(taken);
    }

    @Test
    default void twoRunsWithOneKeyInOneBatchAreOne() {
        Lab lab = lab();
        Change first = lab.draft("t").key("k").change();
        Change second = lab.draft("t").key("k").change();
        assertThat(lab.ledger().commit(List.of(first, second)))
                .containsExactly(APPLIED, new Receipt.KeyHeld(first.run()));
        assertThat(lab.reads().run(second.run())).isEmpty();
    }

    @Test
    default void keysOfTwoNamespacesAreTwo() {
        Lab lab = lab();
        Run red = lab.draft("t").in("red").key("k").start();
        Run blue = lab.draft("t").in("blue").key("k").start();
        assertThat(red.id()).isNotEqualTo(blue.id());
    }

    @Test
    default void keysOfTwoTasksAreTwo() {
        Lab lab = lab();
        lab.draft("t").key("k").start();
        assertThat(lab.ledger().commit(lab.draft("u").key("k").change())).isEqualTo(APPLIED);
    }

    @Test
    default void aRemovedRunHoldsNoKey() {
        Lab lab = lab();
        Run run = lab.draft("t").key("k").start();
        Run cancelled = lab.apply(run, new Command.Cancel(false));
        assertThat(lab.ledger().commit(lab.held(cancelled, new Write.Remove()))).isEqualTo(APPLIED);
        assertFree();
    }

    @Test
    default void aStartThatIsHandedInAgainIsStaleAndNotHeldByItself() {
        Lab lab = lab();
        Change start = lab.draft("t").key("k").change();
        assertThat(lab.ledger().commit(start)).isEqualTo(APPLIED);
        assertThat(lab.ledger().commit(start)).isEqualTo(Lab.STALE);
    }
}
