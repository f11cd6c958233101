package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static dev.holdfast.testkit.contract.Lab.STALE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who has lost the run writes nothing at all. */
interface FenceContract extends Contract {

    /** All that a change can carry, so that a leak of any of it shows. */
    private Change everything(Run run, Expect expect) {
        Lab lab = lab();
        Change finish = lab.change(
                run,
                expect,
                new Command.Succeed(lab.by(run)),
                Lab.output("\"zombie\""),
                Lab.done(1, "\"zombie\""),
                new Write.Post(run.id(), Message.cancel(lab.ids.next())));
        return finish;
    }

    private void assertStale(Run run, Expect expect) {
        Lab lab = lab();
        String before = lab.everythingOf(run.id());
        assertThat(lab.ledger().commit(everything(run, expect))).isEqualTo(STALE);
        assertThat(lab.everythingOf(run.id())).isEqualTo(before);
        lab.reboot();
        assertThat(lab.everythingOf(run.id())).isEqualTo(before);
    }

    @Test
    default void theHolderWrites() {
        Run run = lab().running("t");
        assertThat(lab().ledger().commit(everything(run, new Expect.Held(lab().by(run)))))
                .isEqualTo(APPLIED);
        assertThat(lab().read(run.id()).isFinished()).isTrue();
    }

    @Test
    default void anOlderEpochWritesNothing() {
        Run run = lab().running("t");
        assertStale(run, new Expect.Held(new Fence.By(run.fence().epoch() - 1, lab().node())));
    }

    @Test
    default void aLaterEpochWritesNothing() {
        Run run = lab().running("t");
        assertStale(run, new Expect.Held(new Fence.By(run.fence().epoch() + 1, lab().node())));
    }

    @Test
    default void aHolderWithAnotherNumberWritesNothing() {
        Run run = lab().running("t");
        Holder node = lab().node();
        var other = new Holder(node.kind(), node.number() + 1, node.incarnation());
        assertStale(run, new Expect.Held(new Fence.By(run.fence().epoch(), other)));
    }

    @Test
    default void aHolderOfAnotherKindWritesNothing() {
        Run run = lab().running("t");
        Holder node = lab().node();
        var other = new Holder(Holder.Kind.WORKER, node.number(), node.incarnation());
        assertStale(run, new Expect.Held(new Fence.By(run.fence().epoch(), other)));
    }

    @Test
    default void aNamesakeOfAnotherIncarnationWritesNothing() {
        Run run = lab().running("t");
        Holder node = lab().node();
        var namesake = new Holder(node.kind(), node.number(), node.incarnation() + 1);
        assertStale(run, new Expect.Held(new Fence.By(run.fence().epoch(), namesake)));
    }

    @Test
    default void theFormerHolderWritesNothingBetweenTheLossAndTheNextClaim() {
        Lab lab = lab();
        Run run = lab.running("t");
        Change zombie = everything(run, new Expect.Held(lab.by(run)));
        lab.apply(run, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        String before = lab.everythingOf(run.id());
        assertThat(lab.ledger().commit(zombie)).isEqualTo(STALE);
        assertThat(lab.everythingOf(run.id())).isEqualTo(before);
    }

    @Test
    default void theFormerHolderRecordsNoStepAlthoughItsRowStaysAsItIs() {
        Lab lab = lab();
        Run run = lab.running("t");
        lab.apply(run, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        String before = lab.everythingOf(run.id());
        var expect = new Expect.Held(lab.by(run));
        var zombie = new Change(lab.ids.next(), run.id(), expect, null, List.of(Lab.done(1, "\"zombie\"")));
        assertThat(lab.ledger().commit(zombie)).isEqualTo(STALE);
        assertThat(lab.everythingOf(run.id())).isEqualTo(before);
    }

    @Test
    default void theFormerHolderWritesNothingWhenTheSameNodeHoldsItAgain() {
        Lab lab = lab();
        Run run = lab.running("t");
        Change zombie = everything(run, new Expect.Held(lab.by(run)));
        lab.apply(run, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        lab.claim("t", 1);
        assertThat(lab.ledger().commit(zombie)).isEqualTo(STALE);
    }

    @Test
    default void aDecisionAboutAnOlderSnapshotWritesNothing() {
        Lab lab = lab();
        Run queued = lab.queued("t");
        Change cancel = lab.change(queued, new Command.Cancel(false));
        Run running = lab.claim("t", 1).getFirst().run();
        Run again = lab.apply(
                running,
                new Command.Fail(lab.by(running), RunError.of(new RuntimeException("once")), 0.5),
                new Write.Payload(Write.Payload.Kind.ERROR, "{}"));
        assertThat(again.isHeld()).as("nobody holds it, as when it was read").isFalse();
        String before = lab.everythingOf(queued.id());
        assertThat(lab.ledger().commit(cancel)).isEqualTo(STALE);
        assertThat(lab.everythingOf(queued.id())).isEqualTo(before);
    }

    @Test
    default void ofTwoDecisionsAboutOneSnapshotOneIsWritten() {
        Lab lab = lab();
        Run running = lab.running("t");
        Run waiting = lab.apply(running, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        Change one = lab.change(waiting, new Command.Cancel(true));
        Change other = lab.change(waiting, new Command.Cancel(true));
        assertThat(lab.ledger().commit(one)).isEqualTo(APPLIED);
        String before = lab.everythingOf(waiting.id());
        assertThat(lab.ledger().commit(other)).as("in the same epoch").isEqualTo(STALE);
        assertThat(lab.everythingOf(waiting.id())).isEqualTo(before);
    }

    @Test
    default void aDecisionWithAnotherSeqWritesNothing() {
        Lab lab = lab();
        Run queued = lab.queued("t");
        var expect = new Expect.AsRead(
                new Fence(queued.fence().epoch(), null, queued.fence().seq() + 1));
        assertThat(lab.ledger().commit(lab.change(queued, expect, new Command.Cancel(false))))
                .isEqualTo(STALE);
    }

    @Test
    default void theLossOfAHolderThatHasWrittenMeanwhileIsStaleAndNoGap() {
        Lab lab = lab();
        Run running = lab.running("t");
        var loss = new Command.Lost(lab.node(), Command.Blame.COUNTED);
        Change lost = lab.change(running, Expect.asRead(running), loss);
        Run stopping = lab.apply(running, new Command.Cancel(true));
        assertThat(stopping.fence().holder()).as("in the same hands").isEqualTo(lab.node());
        String before = lab.everythingOf(running.id());
        assertThat(lab.ledger().commit(lost)).isEqualTo(STALE);
        assertThat(lab.everythingOf(running.id())).isEqualTo(before);
        assertThat(lab.ledger().commit(lab.change(stopping, Expect.asRead(stopping), loss)))
                .as("read again")
                .isEqualTo(APPLIED);
    }

    @Test
    default void aLossThatWasDecidedWhileAnotherHeldItWritesNothing() {
        Lab lab = lab();
        Run running = lab.running("t");
        Holder node = lab.node();
        var namesake = new Holder(node.kind(), node.number(), node.incarnation() + 1);
        var fence = new Fence(running.fence().epoch(), namesake, running.fence().seq());
        var loss = new Command.Lost(node, Command.Blame.COUNTED);
        assertThat(lab.ledger().commit(lab.change(running, new Expect.AsRead(fence), loss)))
                .isEqualTo(STALE);
        assertThat(lab.read(running.id()).isHeld()).isTrue();
    }

    @Test
    default void aDecisionAboutAFreeRunWritesNothingOnceItIsHeld() {
        Lab lab = lab();
        Run queued = lab.queued("t");
        Change cancel = lab.change(queued, new Command.Cancel(false));
        lab.claim("t", 1);
        assertThat(lab.ledger().commit(cancel)).isEqualTo(STALE);
        assertThat(lab.read(queued.id()).isHeld()).isTrue();
    }

    @Test
    default void nothingIsWrittenForARunThatIsNotThere() {
        Lab lab = lab();
        Run nowhere = Lab.row(lab.draft("t").change());
        assertThat(lab.ledger().commit(lab.change(nowhere, new Command.Cancel(false))))
                .isEqualTo(STALE);
        assertThat(lab.reads().run(nowhere.id())).isEmpty();
        assertThat(lab.ledger().commit(lab.post(nowhere.id(), Message.cancel(lab.ids.next()))))
                .isEqualTo(STALE);
        assertThat(lab.reads().inbox(nowhere.id())).isEmpty();
    }

    @Test
    default void aRunIsStartedOnce() {
        Lab lab = lab();
        Change start = lab.draft("t").input("1").change();
        assertThat(lab.ledger().commit(start)).isEqualTo(APPLIED);
        String before = lab.everythingOf(start.run());
        assertThat(lab.ledger().commit(lab.draft("t").input("2").id(start.run()).change()))
                .isEqualTo(STALE);
        assertThat(lab.everythingOf(start.run())).isEqualTo(before);
    }

    @Test
    default void aMessageToAFinishedRunIsStale() {
        Lab lab = lab();
        Run run = lab.succeeded("t");
        assertThat(lab.ledger().commit(lab.post(run.id(), Message.cancel(lab.ids.next()))))
                .isEqualTo(STALE);
        assertThat(lab.reads().inbox(run.id())).isEmpty();
    }

    @Test
    default void twoBootsAreTwoIncarnations() {
        Lab lab = lab();
        Run run = lab.running("t");
        Fence.By old = lab.by(run);
        lab.reboot();
        assertThat(lab.node()).isNotEqualTo(old.holder());
        assertThat(lab.node().incarnation()).isNotEqualTo(old.holder().incarnation());
        assertThat(lab.ledger().orphans(lab.node(), 10)).containsExactly(run);
    }

    @Test
    default void staleChangesAreCounted() {
        Lab lab = lab();
        long before = lab.ledger().figures().stale();
        lab.ledger().commit(lab.post(Lab.row(lab.draft("t").change()).id(), Message.cancel(lab.ids.next())));
        assertThat(lab.ledger().figures().stale()).isEqualTo(before + 1);
    }
}
