package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Run;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.StreamLog.Fencing;
import dev.holdfast.engine.port.StreamLog.Place;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a log must do that knows of no ledger, and whose entries fence: {@link Fencing#BY_OPENING}. */
public abstract class OpeningFencedContract extends StreamContract {
    private static final Appended MOVED = new Appended.Moved();
    private static final Item REWIND = new Item.Rewind(List.of());

    @Test
    void entriesFence() {
        assertThat(lab().stream().fencing()).isEqualTo(Fencing.BY_OPENING);
    }

    private Run takenOver(Run run) {
        lab().apply(run, new Command.Lost(lab().node(), Command.Blame.COUNTED));
        return lab().claim("t", 1).getFirst().run();
    }

    /** Whoever has lost the run writes after the next one has looked, and before he opens. */
    @Test
    void anEpochThatWasNotOpenedYetHasToLookAgainIfSomebodyElseWrote() {
        Run run = lab().running("t");
        append(run, chunk(1));
        Run next = takenOver(run);
        assertThat(lab().stream().outline(run.id())).hasSize(1);
        assertThat(append(run.id(), lab().by(run), new Place(0, 1), chunk(2))).isEqualTo(at(2));
        assertThat(append(next.id(), lab().by(next), Place.opening(1), REWIND)).isEqualTo(MOVED);
        assertThat(items(run)).containsExactly(chunk(1), chunk(2));
        assertThat(lab().stream().outline(run.id())).hasSize(2);
        assertThat(append(next.id(), lab().by(next), Place.opening(2), REWIND)).isEqualTo(at(3));
        assertThat(append(run.id(), lab().by(run), new Place(0, 2), chunk(3))).isEqualTo(LOST);
        assertThat(items(run)).containsExactly(chunk(1), chunk(2), REWIND);
    }

    /** Its very first entries, too: an epoch that finds nothing opens all the same. */
    @Test
    void whoHasLostARunBeforeHeSentAnythingSendsNothingOnceTheNextHasOpened() {
        Run run = lab().running("t");
        Run next = takenOver(run);
        assertThat(append(next.id(), lab().by(next), Place.opening(0), REWIND)).isEqualTo(at(1));
        assertThat(append(run.id(), lab().by(run), Place.opening(0), chunk(1))).isEqualTo(LOST);
        assertThat(items(run)).containsExactly(REWIND);
    }

    /** As whoever does not know the answer to an append does. */
    @Test
    void whatIsOfferedAgainIsAppendedOnce() {
        Run run = lab().running("t");
        assertThat(append(run.id(), lab().by(run), Place.opening(0), chunk(1), chunk(2)))
                .isEqualTo(at(2));
        assertThat(append(run.id(), lab().by(run), Place.opening(0), chunk(1), chunk(2)))
                .isEqualTo(at(2));
        assertThat(append(run.id(), lab().by(run), Place.opening(0), chunk(1), chunk(2), chunk(3)))
                .isEqualTo(at(3));
        assertThat(append(run.id(), lab().by(run), new Place(0, 2), chunk(3), chunk(4)))
                .isEqualTo(at(4));
        assertThat(items(run)).containsExactly(chunk(1), chunk(2), chunk(3), chunk(4));
    }

    @Test
    void anOpeningThatIsOfferedAgainIsAppendedOnce() {
        Run run = lab().running("t");
        append(run, chunk(1));
        Run next = takenOver(run);
        for (int i = 0; i < 2; i++) {
            assertThat(append(next.id(), lab().by(next), Place.opening(1), REWIND))
                    .isEqualTo(at(2));
        }
        assertThat(append(next.id(), lab().by(next), Place.opening(1), REWIND, chunk(2)))
                .isEqualTo(at(3));
        assertThat(items(run)).containsExactly(chunk(1), REWIND, chunk(2));
    }

    @Test
    void whoHasLostARunKeepsNoOtherFromAppending() {
        Run lost = lab().running("t");
        Run next = takenOver(lost);
        append(next.id(), lab().by(next), Place.opening(0), REWIND);
        Run other = lab().running("t");
        var answers = lab().stream()
                .append(List.of(
                        new Append(other.id(), lab().by(other), Place.opening(0), List.of(chunk(1))),
                        new Append(lost.id(), lab().by(lost), Place.opening(0), List.of(chunk(2))),
                        new Append(other.id(), lab().by(other), new Place(0, 1), List.of(chunk(3)))));
        assertThat(answers).containsExactly(at(1), LOST, at(2));
    }
}
