package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes in one process. */
class MembershipTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private Town town;

    @BeforeEach
    void found() {
        town = Town.found();
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void nodesSeeEachOtherAndHearWhatIsSaid() {
        var one = town.join();
        var two = town.join();
        assertThat(two.membership().alive()).isEqualTo(2);
        await("the first one sees the second")
                .atMost(SOON)
                .until(() -> one.membership().alive() == 2);

        one.membership().send(two.number(), "look at run 7");
        two.ear().until("heard look at run 7", SOON);
        IntStream.range(0, 2_000).forEach(i -> two.membership().send(one.number(), "run " + i));
        one.ear().until("heard run 0", SOON);
        one.ear().until("missed", SOON);
        assertThat(one.ear().heard()).doesNotContain("suspended");
    }

    @Test
    void whoLeavesIsGoneAtOnceAndNobodyTakesItForDead() {
        var one = town.join();
        var two = town.join();
        two.membership().leave();
        one.ear().until("died " + two.number(), SOON);
        assertThat(town.numbers()).containsExactly(one.number());
        assertThat(one.membership().takeovers(10)).isEmpty();
        assertThat(two.ear().heard()).noneMatch(each -> each.startsWith("dead"));
    }

    @Test
    void whoseSessionsEndIsDeadForEverybody() {
        var one = town.join();
        var two = town.join();
        var three = town.join();
        two.membership().close();
        one.ear().until("died " + two.number(), SOON);
        three.ear().until("died " + two.number(), SOON);
        assertThat(town.numbers()).containsExactly(one.number(), three.number());
        assertThat(one.membership().takeovers(10)).singleElement().satisfies(takeover -> {
            assertThat(takeover.node()).isEqualTo(two.membership().node());
            assertThat(takeover.by()).isEqualTo(one.number());
            assertThat(takeover.how()).isIn(Takeover.How.RING, Takeover.How.SWEEP);
        });
    }
}
