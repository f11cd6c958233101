package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static dev.holdfast.testkit.contract.Lab.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A request is carried out once, however often it is sent; its first answer is kept. */
interface RequestContract extends Contract {

    @Test
    default void aRepeatedRequestGetsTheFirstAnswer() {
        Lab lab = lab();
        Run first = lab.draft("t").request("r").start();
        Change again = lab.draft("t").request("r").change();
        assertThat(lab.ledger().commit(again))
                .isEqualTo(new Receipt.Repeated(first.id().toString()));
        assertThat(lab.reads().run(again.run())).isEmpty();
        lab.reboot();
        assertThat(lab.ledger().commit(again))
                .isEqualTo(new Receipt.Repeated(first.id().toString()));
        assertThat(lab.reads().run(again.run())).isEmpty();
    }

    @Test
    default void aRequestIdIsForOneRequest() {
        Lab lab = lab();
        lab.draft("t").request("r").start();
        Change other = lab.draft("t").request("r").fingerprint("something else").change();
        assertThat(code(lab.ledger().commit(other))).isEqualTo("request_id_reused");
        assertThat(lab.reads().run(other.run())).isEmpty();
    }

    @Test
    default void theSameRequestTwiceInOneBatchIsOne() {
        Lab lab = lab();
        Change first = lab.draft("t").request("r").change();
        Change second = lab.draft("t").request("r").change();
        Change third = lab.draft("t").request("r").fingerprint("other").change();
        var receipts = lab.ledger().commit(List.of(first, second, third));
        assertThat(receipts.get(0)).isEqualTo(APPLIED);
        assertThat(receipts.get(1)).isEqualTo(new Receipt.Repeated(first.run().toString()));
        assertThat(code(receipts.get(2))).isEqualTo("request_id_reused");
        assertThat(lab.reads().run(second.run())).isEmpty();
        assertThat(lab.reads().run(third.run())).isEmpty();
    }

    @Test
    default void theAnswerIsKeptWhateverBecomesOfTheRun() {
        Lab lab = lab();
        Run run = lab.draft("t").request("r").start();
        Run running = lab.claim("t", 1).getFirst().run();
        lab.apply(running, new Command.Succeed(lab.by(running)), Lab.output("1"));
        lab.ledger().commit(lab.held(lab.read(run.id()), new Write.Remove()));
        assertThat(lab.reads().run(run.id())).isEmpty();
        assertThat(lab.ledger().commit(lab.draft("t").request("r").change()))
                .isEqualTo(new Receipt.Repeated(run.id().toString()));
    }

    @Test
    default void requestIdsAreForgottenAfterADay() {
        Lab lab = lab();
        lab.draft("t").request("r").start();
        lab.clock.pass(Defaults.REQUEST_RETENTION.minusMillis(1));
        lab.ledger().forget(lab.ledger().now(), 100);
        assertThat(lab.ledger().commit(lab.draft("t").request("r").change())).isInstanceOf(Receipt.Repeated.class);
        lab.clock.pass(Duration.ofMillis(1));
        assertThat(lab.ledger().commit(lab.draft("t").request("r").change()))
                .as("also before anybody has tidied up")
                .isEqualTo(APPLIED);
        assertThat(lab.ledger().commit(lab.draft("t").request("r").change())).isInstanceOf(Receipt.Repeated.class);
        lab.clock.pass(Defaults.REQUEST_RETENTION);
        lab.ledger().forget(lab.ledger().now(), 100);
        assertThat(lab.ledger().commit(lab.draft("t").request("r").change())).isEqualTo(APPLIED);
    }

    @Test
    default void whoTidiesUpIsToldWhetherThereMayBeMore() {
        Lab lab = lab();
        for (int i = 0; i < 3; i++) lab.draft("t").request("r" + i).start();
        lab.clock.pass(Defaults.REQUEST_RETENTION);
        assertThat(lab.ledger().forget(lab.ledger().now(), 2)).isTrue();
        assertThat(lab.ledger().forget(lab.ledger().now(), 2)).isFalse();
    }

    @Test
    default void anAnswerThatAnotherRunHoldsTheKeyIsRepeatedToo() {
        Lab lab = lab();
        Run holder = lab.draft("t").key("k").start();
        Change second = lab.draft("t").key("k").request("r").change();
        assertThat(lab.ledger().commit(second)).isEqualTo(new Receipt.KeyHeld(holder.id()));
        Run running = lab.claim("t", 1).getFirst().run();
        var error = RunError.ours("final", "not again");
        lab.apply(running, new Command.Fail(lab.by(running), error, 0.5));
        assertThat(lab.ledger().commit(second))
                .as("the key is free by now, the answer stands")
                .isEqualTo(new Receipt.Repeated(holder.id().toString()));
    }

    /** So that who has found nothing to be done finds nothing when he asks again. */
    @Test
    default void anAnswerIsKeptWithoutAnyRun() {
        Lab lab = lab();
        var request = new Request(Namespace.DEFAULT, "r", "f", "nobody");
        var nobody = RunId.of(lab.ids.next());
        var change = new Change(lab.ids.next(), nobody, new Expect.Absent(), request, List.of());
        assertThat(lab.ledger().commit(change)).isEqualTo(APPLIED);
        assertThat(lab.ledger().commit(change)).isEqualTo(new Receipt.Repeated("nobody"));
        assertThat(lab.reads().run(nobody)).isEmpty();
    }

    @Test
    default void aStaleChangeLeavesNoAnswer() {
        Lab lab = lab();
        RunId nowhere = RunId.of(lab.ids.next());
        var request = new Request(Namespace.DEFAULT, "r", "cancel", "ok");
        Change stale = withRequest(lab.post(nowhere, Message.cancel(lab.ids.next())), request);
        assertThat(lab.ledger().commit(stale)).isEqualTo(Lab.STALE);
        assertThat(lab.ledger().commit(stale)).isEqualTo(Lab.STALE);
    }

    @Test
    default void anyChangeMayCarryARequest() {
        Lab lab = lab();
        Run run = lab.running("t");
        var request = new Request(Namespace.DEFAULT, "r", "cancel", "cancelled");
        Change first = withRequest(lab.post(run.id(), Message.cancel(lab.ids.next())), request);
        Change second = withRequest(lab.post(run.id(), Message.cancel(lab.ids.next())), request);
        assertThat(lab.ledger().commit(first)).isEqualTo(APPLIED);
        assertThat(lab.ledger().commit(second)).isEqualTo(new Receipt.Repeated("cancelled"));
        assertThat(lab.reads().inbox(run.id())).hasSize(1);
    }

    @Test
    default void requestIdsOfTwoNamespacesAreTwo() {
        Lab lab = lab();
        Run first = lab.draft("t").in("red").request("r").start();
        Change second = lab.draft("t").in("blue").request("r").change();
        assertThat(lab.ledger().commit(second)).isEqualTo(APPLIED);
        assertThat(first.id()).isNotEqualTo(second.run());
    }

    private static Change withRequest(Change change, Request request) {
        return new Change(change.id(), change.run(), change.expect(), request, change.writes());
    }
}
