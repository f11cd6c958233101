package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static dev.holdfast.testkit.contract.Lab.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Reads.Kept;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whoever waits is told, in whatever order the waiting and the completing come; and what came too early is kept. */
interface WaitContract extends Contract {

    private List<Message> inbox(Run run) {
        return lab().reads().inbox(run.id()).stream()
                .map(Message.Delivered::message)
                .toList();
    }

    private static Run.Parent parent(Run run, int key, Run.Bond bond) {
        return new Run.Parent(run.id(), 1, StepKey.of(key), bond);
    }

    private static void assertTold(List<Message> inbox, RunId target) {
        assertThat(inbox).hasSize(1);
        assertThat(inbox.getFirst().kind()).isEqualTo(Message.Kind.RUN_ENDED);
        assertThat(inbox.getFirst().name()).isEqualTo(target.toString());
    }

    @Test
    default void whoWaitsIsToldOfTheEnd() {
        Lab lab = lab();
        Run waiter = lab.running("waiter");
        Run target = lab.running("target");
        lab.ledger().commit(lab.held(waiter, new Write.Await(target.id())));
        assertThat(inbox(waiter)).isEmpty();
        lab.apply(target, new Command.Succeed(lab.by(target)), Lab.output("7"));
        assertTold(inbox(waiter), target.id());
        var result = lab.reads().result(target.id()).orElseThrow();
        assertThat(result.output()).isEqualTo("7");
        assertThat(lab.ledger().tick(lab.node(), 10).inboxes()).contains(waiter.id());
    }

    @Test
    default void whoBeginsToWaitAfterTheEndIsToldAtOnce() {
        Lab lab = lab();
        Run waiter = lab.running("waiter");
        Run target = lab.succeeded("target");
        lab.ledger().commit(lab.held(waiter, new Write.Await(target.id())));
        assertTold(inbox(waiter), target.id());
    }

    @Test
    default void waitingAndEndingCommuteWithinOneBatch() {
        Lab lab = lab();
        Run waiter = lab.running("waiter");
        for (boolean waitsFirst : List.of(true, false)) {
            Run target = lab.running("target");
            Change wait = lab.held(waiter, new Write.Await(target.id()));
            Change end = lab.change(target, new Command.Succeed(lab.by(target)), Lab.output("7"));
            assertThat(lab.ledger().commit(waitsFirst ? List.of(wait, end) : List.of(end, wait)))
                    .containsExactly(APPLIED, APPLIED);
            assertTold(inbox(waiter), target.id());
            var numbers = lab.reads().inbox(waiter.id()).stream()
                    .map(Message.Delivered::number)
                    .toList();
            lab.ledger().commit(lab.held(waiter, new Write.Consume(numbers)));
        }
    }

    @Test
    default void whoeverHasEndedIsNotTold() {
        Lab lab = lab();
        Run waiter = lab.running("waiter");
        Run target = lab.running("target");
        lab.ledger().commit(lab.held(waiter, new Write.Await(target.id())));
        lab.apply(waiter, new Command.Succeed(lab.by(waiter)), Lab.output("1"));
        lab.apply(target, new Command.Succeed(lab.by(target)), Lab.output("1"));
        assertThat(inbox(waiter)).isEmpty();
    }

    @Test
    default void aChildBeginsWithTheChangeOfItsParent() {
        Lab lab = lab();
        Run parent = lab.running("parent");
        Change start = lab.draft("child")
                .input("[1]")
                .parent(parent(parent, 1, Run.Bond.ATTACHED))
                .change();
        var step = StepRecord.waiting(StepKey.of(1), "child", 1, new Wait.Child(start.run()));
        assertThat(lab.ledger()
                        .commit(lab.held(
                                parent, new Write.Step(step), new Write.Begin(start), new Write.Await(start.run()))))
                .isEqualTo(APPLIED);
        lab.reboot();
        Run child = lab.read(start.run());
        assertThat(child.origin().parent()).isEqualTo(parent(parent, 1, Run.Bond.ATTACHED));
        assertThat(lab.reads().pending(parent.id())).containsExactly(step);
        assertThat(lab.reads().children(parent.id(), 9)).containsExactly(child.id());
        assertThat(lab.claim("child", 1).getFirst().input()).isEqualTo("[1]");
    }

    @Test
    default void aParentThatHasLostItsRunStartsNoChild() {
        Lab lab = lab();
        Run parent = lab.running("parent");
        Change start =
                lab.draft("child").parent(parent(parent, 1, Run.Bond.ATTACHED)).change();
        Change late = lab.held(parent, new Write.Begin(start), new Write.Await(start.run()));
        lab.apply(parent, new Command.Lost(lab.node(), Command.Blame.COUNTED));
        assertThat(lab.ledger().commit(late)).isEqualTo(Lab.STALE);
        assertThat(lab.reads().run(start.run())).isEmpty();
    }

    @Test
    default void aChildWhoseKeyIsHeldIsNotStartedAndNothingElseIsWritten() {
        Lab lab = lab();
        Run other = lab.draft("child").key("k").start();
        Run parent = lab.running("parent");
        String before = lab.everythingOf(parent.id());
        Change start = lab.draft("child")
                .key("k")
                .parent(parent(parent, 1, Run.Bond.ATTACHED))
                .change();
        assertThat(lab.ledger().commit(lab.held(parent, Lab.done(1, "1"), new Write.Begin(start))))
                .isEqualTo(new Receipt.KeyHeld(other.id()));
        assertThat(lab.everythingOf(parent.id())).isEqualTo(before);
        assertThat(lab.reads().run(start.run())).isEmpty();
    }

    @Test
    default void aRunThatEndsNotesWhichChildrenAreLeft() {
        Lab lab = lab();
        Run parent = lab.running("parent");
        Change attached =
                lab.draft("child").parent(parent(parent, 1, Run.Bond.ATTACHED)).change();
        Change detached =
                lab.draft("child").parent(parent(parent, 2, Run.Bond.DETACHED)).change();
        lab.ledger().commit(lab.held(parent, new Write.Begin(attached), new Write.Begin(detached)));
        assertThat(lab.reads().children(parent.id(), 9)).containsExactly(attached.run());
        Run ended = lab.apply(parent, new Command.Succeed(lab.by(parent)), Lab.output("1"), new Write.ClearInbox());
        assertThat(inbox(parent)).extracting(Message::kind).containsExactly(Message.Kind.FINALISE);
        assertThat(lab.ledger().tick(lab.node(), 10).inboxes()).contains(parent.id());
        Run child = lab.read(attached.run());
        lab.apply(child, new Command.Cancel(false));
        assertThat(lab.reads().children(parent.id(), 9)).isEmpty();
        assertThat(code(lab.ledger().commit(lab.held(ended, new Write.Remove()))))
                .isEqualTo("run_not_finalised");
        var number = lab.reads().inbox(parent.id()).getFirst().number();
        assertThat(lab.ledger().commit(lab.held(ended, new Write.Consume(List.of(number)))))
                .isEqualTo(APPLIED);
        assertThat(lab.ledger().tick(lab.node(), 10).inboxes()).doesNotContain(parent.id());
    }

    @Test
    default void aRunWithoutChildrenLeavesNothingToDo() {
        Lab lab = lab();
        assertThat(inbox(lab.succeeded("t"))).isEmpty();
    }

    @Test
    default void aMessageFromOneRunToAnotherIsOneChange() {
        Lab lab = lab();
        Run from = lab.running("from");
        Run to = lab.running("to");
        Run ended = lab.succeeded("ended");
        var message = Message.cancel(lab.ids.next());
        assertThat(lab.ledger()
                        .commit(lab.held(
                                from,
                                new Write.Post(to.id(), message),
                                new Write.Post(ended.id(), Message.cancel(lab.ids.next())))))
                .isEqualTo(APPLIED);
        assertThat(inbox(to)).containsExactly(message);
        assertThat(inbox(ended)).isEmpty();
    }

    @Test
    default void signalsAreKeptInOrderAndTakenOnce() {
        Lab lab = lab();
        Run run = lab.running("t");
        for (int i = 1; i <= 3; i++) {
            lab.ledger().commit(lab.held(run, new Write.Keep("go", "" + i, Write.Keep.Where.LAST)));
        }
        lab.ledger().commit(lab.held(run, new Write.Keep("stop", "9", Write.Keep.Where.LAST)));
        lab.reboot();
        Kept first = lab.reads().kept(run.id(), "go").orElseThrow();
        assertThat(first.json()).isEqualTo("1");
        Change take = lab.held(run, Lab.done(1, "1"), new Write.Take("go", first.number()));
        assertThat(lab.ledger().commit(take)).isEqualTo(APPLIED);
        assertThat(lab.reads().kept(run.id(), "go").map(Kept::json)).contains("2");
        Change again = lab.held(run, Lab.done(2, "1"), new Write.Take("go", first.number()));
        assertThat(code(lab.ledger().commit(again))).isEqualTo("signal_taken");
        assertThat(lab.reads().steps(run.id())).hasSize(1);
        // An attempt has failed that had taken it.
        lab.ledger().commit(lab.held(run, new Write.Keep("go", "1", Write.Keep.Where.FIRST)));
        assertThat(lab.reads().kept(run.id(), "go").map(Kept::json)).contains("1");
        assertThat(lab.reads().kept(run.id(), "stop").map(Kept::json)).contains("9");
        assertThat(lab.reads().kept(run.id(), "other")).isEmpty();
    }

    @Test
    default void aTokenIsCompletedOnceAndInTime() {
        Lab lab = lab();
        Run run = lab.running("t");
        Run other = lab.running("t");
        var until = lab.clock.now().plus(Duration.ofHours(1));
        for (String id : List.of("a", "b", "c")) {
            var opener = StepKey.of(id.charAt(0) - 'a' + 1);
            var step = StepRecord.done(opener, "token", 1, 1, "{}");
            assertThat(lab.ledger().commit(lab.held(run, new Write.Step(step), new Write.OpenToken(opener, id, until))))
                    .isEqualTo(APPLIED);
        }
        lab.reboot();
        assertThat(lab.reads().token("a").orElseThrow().run()).isEqualTo(run.id());
        assertThat(lab.ledger().commit(complete(run, "a", "1"))).isEqualTo(APPLIED);
        assertThat(code(lab.ledger().commit(complete(run, "a", "2")))).isEqualTo("token_completed");
        assertThat(inbox(run)).extracting(Message::body).containsExactly("1");
        assertThat(lab.reads().token("a").orElseThrow().isCompleted()).isTrue();
        assertThat(code(lab.ledger().commit(complete(other, "b", "1")))).isEqualTo("token_unknown");
        lab.ledger().commit(lab.held(run, new Write.ToHistory(1, List.of(StepKey.of(2)))));
        assertThat(code(lab.ledger().commit(complete(run, "b", "1")))).isEqualTo("token_unknown");
        lab.clock.pass(Duration.ofHours(1));
        assertThat(code(lab.ledger().commit(complete(run, "c", "1")))).isEqualTo("token_unknown");
        assertThat(inbox(run)).hasSize(1);
    }

    private Change complete(Run run, String token, String json) {
        return new Change(
                lab().ids.next(),
                run.id(),
                new Expect.Alive(),
                null,
                List.of(
                        new Write.CompleteToken(token),
                        new Write.Post(run.id(), Message.token(lab().ids.next(), token, json))));
    }

    @Test
    default void theEndClearsWhatWasSent() {
        Lab lab = lab();
        Run run = lab.running("t");
        var until = lab.clock.now().plus(Duration.ofHours(1));
        lab.ledger()
                .commit(lab.held(
                        run,
                        new Write.Keep("go", "1", Write.Keep.Where.LAST),
                        new Write.OpenToken(StepKey.of(1), "a", until)));
        lab.apply(run, new Command.Succeed(lab.by(run)), Lab.output("1"), new Write.ClearInbox());
        assertThat(lab.reads().kept(run.id(), "go")).isEqualTo(Optional.empty());
        assertThat(lab.reads().token("a")).isEqualTo(Optional.empty());
    }

    @Test
    default void whatWaitsIsPendingUntilItIsOver() {
        Lab lab = lab();
        Run run = lab.running("t");
        var until = lab.clock.now().plus(Duration.ofHours(1));
        var signal = StepRecord.waiting(StepKey.of(1), "go", 1, new Wait.Signal("go", until));
        var sleep = StepRecord.waiting(StepKey.of(2), "sleep", 1, new Wait.Time(until));
        lab.ledger().commit(lab.held(run, new Write.Step(signal), new Write.Step(sleep), Lab.done(3, "3")));
        assertThat(lab.reads().pending(run.id())).containsExactly(signal, sleep);
        lab.ledger().commit(lab.held(run, new Write.Step(signal.came("true")), new Write.Step(sleep.timedOut())));
        lab.reboot();
        assertThat(lab.reads().pending(run.id())).isEmpty();
        assertThat(lab.reads().steps(run.id())).contains(signal.came("true"), sleep.came("null"));
        assertThat(code(lab.ledger().commit(lab.held(run, new Write.Step(signal.timedOut())))))
                .isEqualTo("step_recorded");
    }
}
