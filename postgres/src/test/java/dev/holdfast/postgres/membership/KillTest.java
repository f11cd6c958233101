package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes in processes of their own, which are killed and stopped. */
@ProcessTest
class KillTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Times RING_ONLY = Times.USUAL.withSweep(Duration.ofSeconds(60));

    private final Town town = Town.found();

    @AfterEach
    void close() {
        town.close();
    }

    /** Nobody sweeps before the test would have failed, and nobody is told anything. How fast it is, a drill measures. */
    @Test
    void theRingAloneFindsTheKilled() {
        town.hushed();
        var survivor = town.join(RING_ONLY);
        for (int round = 0; round < 5; round++) {
            for (Outsider each : outside(4, RING_ONLY)) {
                long number = each.number();
                await("somebody waits for the death of " + number).atMost(LONG).until(() -> town.isWaitedFor(number));
                each.signal("KILL");
                await("the death of " + number + " is written down")
                        .pollInterval(Duration.ofMillis(5))
                        .atMost(LONG)
                        .until(() -> town.buried(number));
            }
        }
        assertThat(survivor.membership().takeovers(100)).hasSize(20).allMatch(each -> each.how() == Takeover.How.RING);
        assertThat(survivor.ear().heard()).noneMatch(each -> each.startsWith("dead"));
        assertThat(town.unheard()).as("words that were lost").isPositive();
    }

    @Test
    void neighboursThatDieTogetherAndAllButOneAreFound() {
        var survivor = town.join();
        List<Outsider> others = outside(5, Times.USUAL);
        await("all are seen").atMost(LONG).until(() -> survivor.membership().alive() == 6);
        others.subList(1, 3).forEach(each -> each.signal("KILL"));
        others.subList(1, 3).forEach(each -> survivor.ear().until("died " + each.number(), LONG));
        town.untilAlive(
                survivor.number(),
                others.get(0).number(),
                others.get(3).number(),
                others.get(4).number());
        others.forEach(Outsider::kill);
        others.forEach(each -> survivor.ear().until("died " + each.number(), LONG));
        town.untilAlive(survivor.number());
        assertThat(survivor.membership().takeovers(100)).hasSize(5);
    }

    @Test
    void whoIsStoppedIsTakenOverAndComesBackAsSomebodyElse() {
        var one = town.join();
        var two = town.join();
        Outsider stopped = town.outside(Times.USUAL);
        long number = stopped.number();
        await("it is seen").atMost(LONG).until(() -> one.membership().alive() == 3);
        stopped.signal("STOP");
        one.ear().until("died " + number, LONG);
        assertThat(one.membership().takeovers(1).getFirst().heard()).isPresent();
        stopped.signal("CONT");
        stopped.until("dead: ");
        await("it has joined again").atMost(LONG).until(() -> stopped.number() > number);
        town.untilAlive(one.number(), two.number(), stopped.number());
        assertThat(stopped.said()).contains("stop");
        assertThat(one.ear().heard()).noneMatch(each -> each.startsWith("suspended") || each.startsWith("dead"));
    }

    @Test
    void whoIsStoppedWhileItIsGivenALockKeepsItFromNobodyForLong() {
        // In the order of the ring: the one that is stopped waits for the one that is killed.
        Outsider stopped = town.outside(Times.USUAL);
        Outsider killed = town.outside(Times.USUAL);
        long first = stopped.number();
        long second = killed.number();
        var survivor = town.join();
        await("the first waits for the second").atMost(LONG).until(() -> town.waits(first, second));
        stopped.signal("STOP");
        killed.signal("KILL");
        survivor.ear().until("died " + second, LONG);
        survivor.ear().until("died " + first, LONG);
        stopped.signal("CONT");
        stopped.until("dead: ");
        await("it has joined again").atMost(LONG).until(() -> stopped.number() > second);
        town.untilAlive(survivor.number(), stopped.number());
    }

    private List<Outsider> outside(int count, Times times) {
        return IntStream.range(0, count).mapToObj(i -> town.start(times)).toList().stream()
                .peek(each -> each.until("joined"))
                .toList();
    }
}
