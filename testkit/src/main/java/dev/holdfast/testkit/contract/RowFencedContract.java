package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.StreamLog.Fencing;
import dev.holdfast.engine.port.StreamLog.Place;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a log must do that shares the transactions of its ledger: {@link Fencing#BY_ROW}. */
public abstract class RowFencedContract extends StreamContract {
    @Test
    void theRowFences() {
        assertThat(lab().stream().fencing()).isEqualTo(Fencing.BY_ROW);
    }

    @Test
    void whoDoesNotHoldARunKeepsNoOtherFromAppending() {
        Run a = lab().running("t");
        Run b = lab().running("t");
        Run gone = lab().succeeded("u");
        var answers = lab().stream()
                .append(List.of(
                        new Append(a.id(), lab().by(a), Place.opening(0), List.of(chunk(1), chunk(2))),
                        new Append(gone.id(), lab().by(b), Place.opening(0), List.of(chunk(1))),
                        new Append(b.id(), lab().by(b), Place.opening(0), List.of(chunk(3))),
                        new Append(a.id(), lab().by(a), new Place(0, 2), List.of(chunk(4)))));
        assertThat(answers).containsExactly(at(2), LOST, at(1), at(3));
        assertThat(lab().stream().read(a.id(), 0, 9).entries())
                .extracting(Entry::item)
                .containsExactly(chunk(1), chunk(2), chunk(4));
        assertThat(lab().stream().read(gone.id(), 0, 9).entries()).isEmpty();
    }

    private void assertRefused(Run run, Fence.By by) {
        long head = lab().stream().head(run.id());
        assertThat(append(run.id(), by, new Place(0, head), chunk(9))).isEqualTo(LOST);
        assertThat(lab().stream().head(run.id())).isEqualTo(head);
        assertThat(lab().stream().read(run.id(), head, 9).entries()).isEmpty();
    }

    @Test
    void anOlderEpochAppendsNothing() {
        Run run = lab().running("t");
        append(run, chunk(1));
        Fence.By zombie = lab().by(run);
        Run lost = lab().apply(run, new Command.Lost(lab().node(), Command.Blame.COUNTED));
        assertRefused(lost, zombie);
        Run again = lab().claim("t", 1).getFirst().run();
        assertRefused(again, zombie);
        assertThat(append(again.id(), lab().by(again), Place.opening(1), chunk(2)))
                .isEqualTo(at(2));
        assertThat(lab().stream().read(run.id(), 0, 9).entries())
                .extracting(Entry::epoch)
                .containsExactly(run.fence().epoch(), again.fence().epoch());
    }

    @Test
    void aNamesakeOfAnotherIncarnationAppendsNothing() {
        Run run = lab().running("t");
        Holder node = lab().node();
        assertRefused(
                run, new Fence.By(run.fence().epoch(), new Holder(node.kind(), node.number(), node.incarnation() + 1)));
    }

    @Test
    void nothingIsAppendedAfterTheEnd() {
        Run run = lab().running("t");
        append(run, chunk(1));
        Run finished = lab().apply(run, new Command.Succeed(lab().by(run)), Lab.output("1"));
        assertRefused(finished, lab().by(run));
        assertRefused(finished, new Fence.By(finished.fence().epoch(), lab().node()));
    }

    @Test
    void aRunThatIsNotThereTakesNothing() {
        Run nowhere = Lab.row(lab().draft("t").change());
        assertRefused(nowhere, new Fence.By(1, lab().node()));
    }

    @Test
    void whoeverSawANumberSawAllBelowItWhoeverAppended() throws Exception {
        Run run = lab().running("t");
        Callable<Boolean> writer = () -> {
            for (int i = 0; i < 25; i++) append(run.id(), lab().by(run), Place.opening(0), chunk(i), chunk(i));
            return true;
        };
        seeAllBelow(run, Collections.nCopies(4, writer));
    }
}
