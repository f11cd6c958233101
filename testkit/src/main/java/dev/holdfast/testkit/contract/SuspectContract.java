package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.Company;
import dev.holdfast.engine.port.Backlog;
import dev.holdfast.engine.port.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs whose holders keep dying: each of them is tried alone, and none of them is in the way. */
interface SuspectContract extends Contract {
    /** A run that was lost three times without progress, and may be tried again. */
    private static Run suspect(Lab lab, String task) {
        Run run = lab.running(task);
        for (int losses = 1; ; losses++) {
            lab.apply(run, new Command.Lost(lab.node(), Command.Blame.COUNTED));
            lab.clock.pass(Duration.ofMinutes(1));
            lab.ledger().tick(lab.node(), 100);
            if (losses == Defaults.SUSPECT_AFTER_LOSSES) return lab.read(run.id());
            run = lab.claim(task, 1).getFirst().run();
        }
    }

    @Test
    default void whoWaitsForASlotIsOfTheBacklog() {
        Lab lab = lab();
        suspect(lab, "t");
        assertThat(lab.reads().backlog(lab.clock.now())).containsExactly(new Backlog("t", List.of(), 1));
    }

    private static List<RunId> claim(Lab lab, Company company, int slots) {
        var admission = new Admission(Map.of("t", "1", "u", "1"), slots, company);
        return lab.ledger().claim(new Claim(lab.node(), admission, slots)).stream()
                .map(claimed -> claimed.run().id())
                .toList();
    }

    private static Optional<Instant> waiting(Lab lab) {
        return lab.reads()
                .suspectWaiting(Map.of("t", "1", "u", "1"), lab.ledger().now());
    }

    @Test
    default void nobodyWaitsForASuspectThatCannotBeRunHere() {
        Lab lab = lab();
        suspect(lab, "elsewhere");
        Run parked = suspect(lab, "t");
        Run held = lab.claim("t", 1).getFirst().run();
        assertThat(held.id()).isEqualTo(parked.id());
        var mismatch = new Run.Parked("1", StepKey.of(1), "old", "new");
        lab.apply(held, new Command.Park(lab.by(held), mismatch));
        assertThat(waiting(lab)).isEmpty();
        Run other = lab.queued("u");
        assertThat(claim(lab, Company.CLEARED, 5)).isEmpty();
        assertThat(claim(lab, Company.NOBODY, 5)).containsExactly(other.id());
    }

    /** A list of versions that do not fit is nothing against those that are not in it. */
    @Test
    default void aSuspectThatIsParkedIsTriedAloneByCodeThatMayFit() {
        Lab lab = lab();
        suspect(lab, "t");
        Run held = lab.claim("t", 1).getFirst().run();
        lab.apply(held, new Command.Park(lab.by(held), new Run.Parked("1", StepKey.of(1), "old", "new")));
        var other = Map.of("t", "2");
        assertThat(lab.reads().suspectWaiting(other, lab.ledger().now())).isPresent();
        var admission = new Admission(other, 5, Company.NOBODY);
        assertThat(lab.ledger().claim(new Claim(lab.node(), admission, 5)))
                .extracting(claimed -> claimed.run().id())
                .containsExactly(held.id());
    }

    @Test
    default void aSuspectIsClaimedAlone() {
        Lab lab = lab();
        Run suspect = suspect(lab, "t");
        assertThat(waiting(lab)).isPresent();
        Run one = lab.queued("t");
        Run two = lab.queued("u");
        assertThat(claim(lab, Company.NOBODY, 5)).containsExactly(suspect.id());
        assertThat(waiting(lab)).isEmpty();
        assertThat(claim(lab, Company.A_SUSPECT, 5)).isEmpty();
        assertThat(claim(lab, Company.NOBODY, 5)).containsExactly(one.id(), two.id());
    }

    @Test
    default void aSuspectThatIsNotFirstHoldsUpNobody() {
        Lab lab = lab();
        Run before = lab.queued("u");
        Run suspect = suspect(lab, "t");
        Run after = lab.queued("u");
        assertThat(claim(lab, Company.OTHERS, 1)).containsExactly(before.id());
        assertThat(claim(lab, Company.OTHERS, 1)).containsExactly(after.id());
        assertThat(claim(lab, Company.OTHERS, 1)).isEmpty();
        assertThat(claim(lab, Company.NOBODY, 1)).containsExactly(suspect.id());
    }

    @Test
    default void aNodeThatIsClearedForSuspectsTakesOneOfThemAndNobodyElse() {
        Lab lab = lab();
        Run first = lab.queued("u");
        Run suspect = suspect(lab, "t");
        assertThat(claim(lab, Company.CLEARING, 5)).isEmpty();
        assertThat(claim(lab, Company.CLEARED, 5)).containsExactly(suspect.id());
        assertThat(claim(lab, Company.CLEARED, 5)).isEmpty();
        assertThat(claim(lab, Company.OTHERS, 5)).containsExactly(first.id());
    }
}
