package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static dev.holdfast.testkit.contract.Lab.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Command;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many at once: nobody is harmed by a neighbour, and what was acknowledged is there. */
interface CrowdContract extends Contract {
    int CROWD = 9;

    @Test
    default void oneBadChangeHarmsNoneOfItsNeighbours() {
        for (int culprit = 0; culprit < CROWD; culprit++) poison(Set.of(culprit));
    }

    @Test
    default void twoBadChangesHarmNoneOfTheirNeighbours() {
        for (int culprit = 0; culprit < CROWD; culprit++) poison(Set.of(culprit, (culprit + 3) % CROWD));
    }

    @Test
    default void onlyBadChangesAreAllRefused() {
        poison(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
    }

    private void poison(Set<Integer> culprits) {
        Lab lab = lab();
        var runs = new ArrayList<Run>();
        var changes = new ArrayList<Change>();
        for (int i = 0; i < CROWD; i++) {
            Run run = lab.running("t");
            runs.add(run);
            if (culprits.contains(i)) lab.ledger().commit(lab.held(run, Lab.done(5, "\"first\"")));
            // The bad one is bad in its last write: a ledger finds out when it has written the others.
            changes.add(lab.held(run, Lab.output("1"), Lab.done(1, "1"), Lab.done(5, "\"second\"")));
        }
        var receipts = lab.ledger().commit(changes);
        for (int i = 0; i < CROWD; i++) {
            var keys = lab.reads().steps(runs.get(i).id()).stream()
                    .map(s -> s.key() + "=" + s.result())
                    .toList();
            if (culprits.contains(i)) {
                assertThat(code(receipts.get(i))).isEqualTo("step_recorded");
                assertThat(keys).containsExactly("5=\"first\"");
            } else {
                assertThat(receipts.get(i)).isEqualTo(APPLIED);
                assertThat(keys).containsExactly("1=1", "5=\"second\"");
            }
        }
    }

    @Test
    default void whatIsUndoneWithABadNeighbourIsDoneAgain() {
        Lab lab = lab();
        Run bad = lab.running("t");
        Run good = lab.running("t");
        lab.ledger().commit(lab.held(bad, Lab.done(1, "1")));
        Change start = lab.draft("t").change();
        Change end = lab.change(good, new Command.Succeed(lab.by(good)), Lab.output("1"));
        var receipts = lab.ledger().commit(List.of(start, end, lab.held(bad, Lab.done(1, "again"))));
        assertThat(receipts).extracting(Lab::code).containsExactly("Applied", "Applied", "step_recorded");
        assertThat(lab.read(good.id())).isEqualTo(Lab.row(end));
        assertThat(lab.read(start.run())).isEqualTo(Lab.row(start));
    }

    @Test
    default void aChangeThatFailsDoesNotChangeWhatItsSuccessorsSee() {
        Lab lab = lab();
        Run run = lab.running("t");
        var receipts = lab.ledger()
                .commit(List.of(
                        lab.held(run, Lab.done(1, "1")),
                        lab.held(run, Lab.done(2, "2"), Lab.done(1, "again")),
                        lab.held(run, Lab.done(2, "second")),
                        lab.held(run, Lab.done(2, "third"))));
        assertThat(receipts)
                .extracting(Lab::code)
                .containsExactly("Applied", "step_recorded", "Applied", "step_recorded");
        assertThat(lab.reads().steps(run.id())).extracting(s -> s.result()).containsExactly("1", "second");
    }

    @Test
    @Tag("long")
    default void whatWasAcknowledgedIsThereAfterABoot() throws Exception {
        Lab lab = lab();
        int threads = 50;
        int each = Seeds.some(50);
        Map<RunId, Integer> acknowledged = new ConcurrentHashMap<>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> client = () -> {
                for (int i = 0; i < each; i++) {
                    Change start = lab.draft("t").change();
                    if (lab.ledger().commit(start).equals(APPLIED)) acknowledged.merge(start.run(), 0, Math::max);
                    for (Run run : lab.claim("t", 1).stream().map(c -> c.run()).toList()) {
                        for (int step = 1; step <= 2; step++) {
                            Receipt receipt = lab.ledger().commit(lab.held(run, Lab.done(step, "" + step)));
                            if (receipt.equals(APPLIED)) acknowledged.merge(run.id(), step, Math::max);
                        }
                    }
                }
                return true;
            };
            for (Future<Boolean> one : pool.invokeAll(
                    IntStream.range(0, threads).mapToObj(i -> client).toList())) {
                assertThat(one.get()).isTrue();
            }
        }
        assertThat(acknowledged).hasSize(threads * each);
        lab.reboot();
        acknowledged.forEach((id, steps) -> {
            assertThat(lab.reads().run(id)).as("run %s was acknowledged", id).isPresent();
            assertThat(lab.reads().steps(id)).extracting(s -> s.key()).hasSize(steps);
            if (steps > 0) assertThat(lab.reads().steps(id).getFirst().key()).isEqualTo(StepKey.of(1));
        });
    }

    @Test
    default void answersComeInTheOrderOfTheChanges() {
        Lab lab = lab();
        Run run = lab.queued("t");
        var start = lab.draft("t").change();
        var stale = lab.draft("t").id(run.id()).change();
        assertThat(lab.ledger().commit(List.of(start, stale, start))).containsExactly(APPLIED, Lab.STALE, Lab.STALE);
        assertThat(lab.ledger().commit(List.of())).isEmpty();
    }

    @Test
    default void anInterruptStaysPendingAndHarmsNothing() {
        Lab lab = lab();
        Change start = lab.draft("t").change();
        Thread.currentThread().interrupt();
        Receipt receipt = lab.ledger().commit(start);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(receipt).isEqualTo(APPLIED);
        assertThat(lab.reads().run(start.run())).isPresent();
    }

    @Test
    default void aClosedLedgerSaysSo() {
        Lab lab = lab();
        var ledger = lab.ledger();
        Change start = lab.draft("t").change();
        ledger.close();
        assertThatThrownBy(() -> ledger.commit(start)).isInstanceOfSatisfying(Unavailable.class, e -> {
            assertThat(e.code()).isEqualTo("closing");
            assertThat(e.indeterminate()).isFalse();
        });
    }
}
