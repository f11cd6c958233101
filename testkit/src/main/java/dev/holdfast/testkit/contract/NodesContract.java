package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.Stop;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several nodes on one ledger: who gets what, and what is lost with whom. A store that is never shared skips some of it. */
interface NodesContract extends Contract {

    private Holder neighbour() {
        return lab().neighbour().orElseGet(() -> abort("this store has one node at a time"));
    }

    private List<Run> claim(Holder by, int max, int alive) {
        var admission = new Admission(Map.of("t", "1"), max);
        return lab().ledger().claim(new Claim(by, admission, max, alive)).stream()
                .map(Claimed::run)
                .toList();
    }

    @Test
    default void aClaimGetsItsShareOfWhatWaits() {
        for (int i = 0; i < 10; i++) lab().queued("t");
        Holder node = lab().node();
        assertThat(claim(node, 20, 3)).as("a third of ten").hasSize(4);
        assertThat(claim(node, 1, 3)).as("no more than it wants").hasSize(1);
        assertThat(claim(node, 20, 5)).as("a fifth of five").hasSize(1);
        assertThat(claim(node, 20, 9)).as("less than one, and one all the same").hasSize(1);
        assertThat(claim(node, 20, 1)).as("the only one has all").hasSize(3);
        assertThat(claim(node, 20, 2)).isEmpty();
    }

    @Test
    default void aNodeHoldsExactlyWhatItWasGiven() {
        Lab lab = lab();
        Run running = lab.running("t");
        lab.queued("t");
        Holder node = lab.node();
        assertThat(lab.ledger().held(node, 10)).containsExactly(running);
        assertThat(lab.ledger().held(new Holder(node.kind(), node.number(), node.incarnation() + 1), 10))
                .isEmpty();
        assertThat(lab.ledger().held(new Holder(node.kind(), node.number() + 1, node.incarnation()), 10))
                .isEmpty();
        Run other = lab.running("u");
        assertThat(lab.ledger().held(node, 10)).containsExactlyInAnyOrder(running, other);
        assertThat(lab.ledger().held(node, 1)).hasSize(1);
        lab.apply(running, new Command.Lost(node, Command.Blame.NOT_COUNTED));
        assertThat(lab.ledger().held(node, 10)).containsExactly(other);
    }

    @Test
    default void whatANeighbourHoldsIsItsOwnUntilItDies() {
        Lab lab = lab();
        Holder other = neighbour();
        lab.queued("t");
        Run theirs = claim(other, 1, 1).getFirst();
        var message = new Message(lab.ids.next(), Message.Kind.SIGNAL, "go", "1");
        lab.ledger().commit(lab.post(theirs.id(), message));
        assertThat(lab.ledger().orphans(lab.node(), 10)).isEmpty();
        assertThat(lab.ledger().orphans(other, 10)).isEmpty();
        assertThat(lab.ledger().held(lab.node(), 10)).isEmpty();
        assertThat(lab.ledger().held(other, 10)).containsExactly(theirs);
        assertThat(lab.ledger().tick(lab.node(), 10).inboxes()).isEmpty();
        assertThat(lab.ledger().tick(other, 10).inboxes()).containsExactly(theirs.id());
        lab.bury(other);
        assertThat(lab.ledger().orphans(lab.node(), 10)).containsExactly(theirs);
        var lost = lab.change(theirs, Expect.asRead(theirs), new Command.Lost(other, Command.Blame.COUNTED));
        assertThat(lab.ledger().commit(lost)).isEqualTo(APPLIED);
        assertThat(lab.ledger().orphans(lab.node(), 10)).isEmpty();
        assertThat(claim(lab.node(), 1, 1)).hasSize(1);
    }

    @Test
    default void whoIsDeadIsGivenNothingHoweverLateItsClaimArrives() {
        Lab lab = lab();
        Holder other = neighbour();
        Run queued = lab.queued("t");
        lab.bury(other);
        assertThat(claim(other, 1, 1)).isEmpty();
        assertThat(lab.read(queued.id())).isEqualTo(queued);
        assertThat(claim(lab.node(), 1, 1)).hasSize(1);
    }

    @Test
    default void whatLingersOnALiveNeighbourIsThatOnesToTell() {
        Lab lab = lab();
        Holder other = neighbour();
        lab.queued("t");
        Run running = claim(other, 1, 1).getFirst();
        var stop = new Command.StopIt(new Stop(Stop.Reason.TIME_OUT, Stop.Next.TIMED_OUT));
        var by = new Expect.Held(new Fence.By(running.fence().epoch(), other));
        var stopped = lab.change(running, by, stop);
        assertThat(lab.ledger().commit(stopped)).isEqualTo(APPLIED);
        lab.clock.pass(Duration.ofMinutes(1));
        Run stopping = Lab.row(stopped);
        var ended = lab.change(stopping, by, new Command.DeadlineCame(Deadlines.Name.STOP));
        assertThat(lab.ledger().commit(ended)).isEqualTo(APPLIED);
        Run over = Lab.row(ended);
        assertThat(lab.ledger().lingering(lab.node(), 10)).isEmpty();
        assertThat(lab.ledger().lingering(other, 10)).containsExactly(over);
        lab.bury(other);
        assertThat(lab.ledger().lingering(lab.node(), 10)).containsExactly(over);
    }
}
