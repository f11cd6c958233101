package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Anyone may insert into the inbox of a run that lives; only what names it removes it. */
interface InboxContract extends Contract {

    private Message signal(int n) {
        return new Message(lab().ids.next(), Message.Kind.SIGNAL, "name " + n, "{\"n\":" + n + "}");
    }

    private static List<Message> messages(List<Message.Delivered> inbox) {
        return inbox.stream().map(Message.Delivered::message).toList();
    }

    @Test
    default void messagesLieInTheOrderInWhichTheyCame() {
        Lab lab = lab();
        Run run = lab.running("t");
        var sent = new ArrayList<Message>();
        for (int i = 0; i < 20; i++) {
            Message message = i % 5 == 4 ? Message.cancel(lab.ids.next()) : signal(i);
            assertThat(lab.ledger().commit(lab.post(run.id(), message))).isEqualTo(APPLIED);
            sent.add(message);
        }
        lab.reboot();
        var inbox = lab.reads().inbox(run.id());
        assertThat(messages(inbox)).isEqualTo(sent);
        assertThat(inbox).extracting(Message.Delivered::number).isSorted().doesNotHaveDuplicates();
    }

    @Test
    default void aMessageIsInsertedOnceHoweverOftenItIsSent() {
        Lab lab = lab();
        Run run = lab.running("t");
        Message message = signal(1);
        lab.ledger().commit(lab.post(run.id(), message));
        assertThat(lab.ledger().commit(lab.post(run.id(), message))).isEqualTo(APPLIED);
        assertThat(lab.ledger().commit(List.of(lab.post(run.id(), message), lab.post(run.id(), message))))
                .containsExactly(APPLIED, APPLIED);
        assertThat(messages(lab.reads().inbox(run.id()))).containsExactly(message);
    }

    @Test
    default void consumedMessagesLeave() {
        Lab lab = lab();
        Run run = lab.running("t");
        for (int i = 0; i < 4; i++) lab.ledger().commit(lab.post(run.id(), signal(i)));
        Run other = lab.running("t");
        lab.ledger().commit(lab.post(other.id(), signal(9)));
        var inbox = lab.reads().inbox(run.id());
        var numbers = List.of(inbox.get(0).number(), inbox.get(2).number());
        assertThat(lab.ledger().commit(lab.held(run, new Write.Consume(numbers))))
                .isEqualTo(APPLIED);
        assertThat(lab.reads().inbox(run.id())).containsExactly(inbox.get(1), inbox.get(3));
        assertThat(lab.reads().inbox(other.id())).hasSize(1);
    }

    @Test
    default void ofTwoWhoHaveReadAMessageOneAppliesIt() {
        Lab lab = lab();
        Run run = lab.queued("t");
        lab.ledger().commit(lab.post(run.id(), signal(1)));
        var number = lab.reads().inbox(run.id()).getFirst().number();
        var first = lab.held(run, new Write.Consume(List.of(number)), new Write.Keep("go", "1", Write.Keep.Where.LAST));
        var second =
                lab.held(run, new Write.Consume(List.of(number)), new Write.Keep("go", "1", Write.Keep.Where.LAST));
        assertThat(lab.ledger().commit(List.of(first, second))).containsExactly(APPLIED, Lab.STALE);
        var kept = lab.reads().kept(run.id(), "go").orElseThrow();
        lab.ledger().commit(lab.held(run, new Write.Take("go", kept.number())));
        assertThat(lab.reads().kept(run.id(), "go")).isEmpty();
    }

    @Test
    default void onlyTheRunsOwnMessagesAreConsumed() {
        Lab lab = lab();
        Run run = lab.running("t");
        Run other = lab.running("t");
        lab.ledger().commit(lab.post(other.id(), signal(1)));
        var number = lab.reads().inbox(other.id()).getFirst().number();
        assertThat(lab.ledger().commit(lab.held(run, new Write.Consume(List.of(number)))))
                .as("it has no such message")
                .isInstanceOf(Receipt.Stale.class);
        assertThat(lab.reads().inbox(other.id())).hasSize(1);
    }

    @Test
    default void numbersAreNotUsedAgain() {
        Lab lab = lab();
        Run run = lab.running("t");
        lab.ledger().commit(lab.post(run.id(), signal(1)));
        long first = lab.reads().inbox(run.id()).getFirst().number();
        lab.ledger().commit(lab.held(run, new Write.Consume(List.of(first))));
        lab.reboot();
        lab.ledger().commit(lab.post(run.id(), signal(2)));
        assertThat(lab.reads().inbox(run.id()).getFirst().number()).isGreaterThan(first);
    }

    @Test
    default void theEndClearsTheInbox() {
        Lab lab = lab();
        Run run = lab.running("t");
        lab.ledger().commit(lab.post(run.id(), signal(1)));
        lab.ledger().commit(lab.post(run.id(), signal(2)));
        lab.apply(run, new Command.Succeed(lab.by(run)), Lab.output("1"), new Write.ClearInbox());
        assertThat(lab.reads().inbox(run.id())).isEmpty();
        assertThat(lab.ledger().tick(lab.node(), 10).inboxes()).isEmpty();
    }

    @Test
    default void aMessageInTheBatchOfTheEndIsBeforeOrStale() {
        Lab lab = lab();
        Run run = lab.running("t");
        var before = lab.post(run.id(), signal(1));
        var end = lab.change(run, new Command.Succeed(lab.by(run)), Lab.output("1"), new Write.ClearInbox());
        var after = lab.post(run.id(), signal(2));
        assertThat(lab.ledger().commit(List.of(before, end, after))).containsExactly(APPLIED, APPLIED, Lab.STALE);
        assertThat(lab.reads().inbox(run.id())).isEmpty();
    }
}
