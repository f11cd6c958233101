package dev.holdfast.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.StreamLog.Place;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@NeedsNats
final class LeftoversTest {
    private static final Leftovers.Walk OFTEN = new Leftovers.Walk(() -> Duration.ofMillis(20), 3, Duration.ofHours(1));
    private static LocalNats server;

    @BeforeAll
    static void start() {
        server = LocalNats.single();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatIsToldToBeRemovedIsGone() {
        try (var bed = new Bed(server.url(), "told")) {
            Run run = bed.running();
            Run other = bed.running();
            bed.append(run, Place.opening(0), Bed.chunk(1));
            bed.append(other, Place.opening(0), Bed.chunk(1));
            bed.stream().remove(List.of(run.id()));
            await("it is gone").until(() -> bed.stream().head(run.id()) == 0);
            assertThat(bed.stream().head(other.id())).isEqualTo(1);
        }
    }

    /** Whoever removed them died before he could tell anybody. */
    @Test
    void whatNobodyToldIsFoundAndWhatIsYoungOrThereStays() {
        try (var bed = new Bed(server.url(), "left")) {
            var gone = new ArrayList<Run>();
            var there = new ArrayList<Run>();
            for (int i = 0; i < 5; i++) {
                Run run = bed.running();
                there.add(run);
                gone.add(withoutRow(bed, run));
                bed.append(run, Place.opening(0), Bed.chunk(1));
                bed.clock.pass(Duration.ofSeconds(1));
            }
            // Of the first that comes later it is not known what else is removed with it; before the second all of that
            // is.
            var later = List.of(ghost(bed, there.getFirst()), ghost(bed, there.getFirst()));
            bed.clock.pass(Duration.ofHours(2));
            Run young = withoutRow(bed, there.getFirst());
            try (var walking = bed.site.nats().log(bed.site.ledger(), OFTEN)) {
                awaitRemoved(bed, walking, gone);
                for (Run run : later) {
                    bed.append(run, Place.opening(0), Bed.chunk(1));
                    awaitRemoved(bed, walking, List.of(run));
                }
                assertThat(walking.head(young.id())).isEqualTo(1);
            }
            for (Run run : there) assertThat(bed.stream().head(run.id())).isEqualTo(1);
        }
    }

    private static void awaitRemoved(Bed bed, StreamLog walking, List<Run> runs) {
        await("what is left is removed").until(() -> {
            // It walks by the ledger's clock, too.
            bed.clock.pass(Duration.ofMillis(20));
            return runs.stream().allMatch(run -> walking.head(run.id()) == 0);
        });
    }

    /** One like this, which the ledger does not have. */
    private static Run ghost(Bed bed, Run like) {
        return new Run(
                RunId.of(bed.ids.next()),
                like.origin(),
                like.policy(),
                like.place(),
                like.status(),
                like.fence(),
                like.tries(),
                like.times());
    }

    /** The same with a stream. */
    private static Run withoutRow(Bed bed, Run like) {
        Run ghost = ghost(bed, like);
        bed.append(ghost, Place.opening(0), Bed.chunk(1));
        return ghost;
    }
}
