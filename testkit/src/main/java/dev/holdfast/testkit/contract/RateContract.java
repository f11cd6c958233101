package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A queue with a rate gives no more runs in a time than that says, whatever happens, and loses none. */
interface RateContract extends LaneWords {
    Duration SECOND = Duration.ofSeconds(1);

    private void rate(int count, Duration per) {
        change(new QueueChange.OfQueue(null, null, null, new QueueChange.To<>(new Rate(count, per))));
    }

    private void noRate() {
        change(new QueueChange.OfQueue(null, null, null, new QueueChange.To<>(null)));
    }

    private @Nullable Instant next() {
        return lab().ledger().tick(lab().node(), 99).next();
    }

    private boolean opened() {
        return lab().ledger().tick(lab().node(), 99).opened();
    }

    @Test
    default void aQueueGivesNoMoreRunsInATimeThanItsRate() {
        for (int i = 0; i < 7; i++) start(i % 2 == 0 ? null : A);
        Instant begin = lab().ledger().now();
        rate(3, SECOND);
        assertThat(claim(2)).hasSize(2);
        lab().clock.pass(Duration.ofMillis(600));
        assertThat(claim(9)).hasSize(1);
        assertThat(claim(9)).isEmpty();
        assertThat(next()).isEqualTo(begin.plus(SECOND));
        lab().clock.pass(Duration.ofMillis(399));
        assertThat(claim(9)).as("a millisecond too early").isEmpty();
        lab().clock.pass(Duration.ofMillis(1));
        assertThat(claim(9)).as("two have left the window").hasSize(2);
        lab().clock.pass(Duration.ofMillis(599));
        assertThat(claim(9)).isEmpty();
        lab().clock.pass(Duration.ofMillis(1));
        assertThat(claim(9)).hasSize(1);
        lab().clock.pass(Duration.ofDays(3));
        assertThat(claim(9)).as("the last one").hasSize(1);
        assertThat(claim(9)).isEmpty();
    }

    @Test
    default void everyClaimCounts() {
        rate(2, SECOND);
        RunId first = start(null).id();
        RunId second = start(TALK).id();
        assertThat(claim(9)).containsExactlyInAnyOrder(first, second);
        fail(first);
        Run givenUp = giveUp(second);
        lab().apply(givenUp, new Command.Unblock());
        lab().clock.pass(Duration.ofMillis(999));
        assertThat(claim(9)).as("one that comes back counts too").isEmpty();
        later(Duration.ofSeconds(9));
        start(null);
        assertThat(claim(9)).as("a retry, and one that has waited").containsExactlyInAnyOrder(first, second);
        assertThat(claim(9)).as("a new one").isEmpty();
        lab().clock.pass(SECOND);
        assertThat(claim(9)).hasSize(1);
    }

    @Test
    default void aSuspectCountsToo() {
        RunId id = start(null).id();
        for (int i = 0; i < Defaults.SUSPECT_AFTER_LOSSES; i++) {
            assertThat(claim(1)).containsExactly(id);
            lab().apply(held(id), new Command.Lost(lab().node(), Command.Blame.COUNTED));
            later(Duration.ofMinutes(5));
        }
        rate(1, Duration.ofHours(1));
        assertThat(lab().read(id).isSuspect()).isTrue();
        assertThat(claim(9)).containsExactly(id);
        RunId other = start(null).id();
        assertThat(claim(9)).isEmpty();
        lab().clock.pass(Duration.ofHours(1));
        assertThat(claim(9)).containsExactly(other);
    }

    @Test
    default void aRateIsChangedAndRemoved() {
        for (int i = 0; i < 20; i++) start(null);
        rate(2, SECOND);
        assertThat(claim(9)).hasSize(2);
        rate(5, SECOND);
        assertThat(claim(9)).as("two were claimed in this second").hasSize(3);
        rate(1, Duration.ofSeconds(3));
        lab().clock.pass(Duration.ofMillis(2_999));
        assertThat(claim(9)).isEmpty();
        lab().clock.pass(Duration.ofMillis(1));
        assertThat(claim(9)).hasSize(1);
        limits(null, 7);
        assertThat(claim(9)).as("another limit takes it away").hasSize(9);
        rate(1, SECOND);
        assertThat(claim(1))
                .as("what was claimed when there was none does not count")
                .hasSize(1);
        assertThat(claim(9)).isEmpty();
        noRate();
        assertThat(claim(9)).hasSize(4);
        assertThat(next()).isNull();
    }

    @Test
    default void aRateGoesWithPausesLimitsAndOtherQueues() {
        rate(2, SECOND);
        for (int i = 0; i < 4; i++) start(i < 2 ? A : null);
        RunId elsewhere = lab().draft("t").queue("other").start().id();
        change(QueueChange.pause(null));
        assertThat(claim(9)).containsExactly(elsewhere);
        assertThat(opened()).as("it is paused").isFalse();
        change(QueueChange.resume(null));
        assertThat(opened()).isTrue();
        change(new QueueChange.OfQueue(null, new QueueChange.To<>(1), null, null));
        var first = claim(9);
        assertThat(first).as("one may execute at once").hasSize(1);
        end(first.getFirst());
        var second = claim(9);
        assertThat(second).hasSize(1);
        end(second.getFirst());
        assertThat(claim(9)).as("its rate is used up").isEmpty();
        assertThat(opened()).isFalse();
        for (int i = 0; i < 5; i++) {
            RunId other = lab().draft("t").queue("other").start().id();
            assertThat(claim(9)).as("others do not wait for it").containsExactly(other);
        }
        lab().clock.pass(SECOND);
        assertThat(opened()).isTrue();
        assertThat(claim(9)).hasSize(1);
        assertThat(lab().reads().queues(Namespace.DEFAULT))
                .filteredOn(q -> q.queue().equals(Defaults.QUEUE))
                .singleElement()
                .satisfies(q -> assertThat(q.settings()).isEqualTo(new QueueSettings(1, null, new Rate(2, SECOND))));
    }

    @Test
    default void theLastClaimThatARateAllowsSaysWhenThereIsAnother() {
        rate(2, SECOND);
        for (int i = 0; i < 3; i++) start(null);
        Instant now = lab().ledger().now();
        assertThat(lab().claim("t", 9)).extracting(Claimed::opens).containsExactly(null, now.plus(SECOND));
        lab().reboot();
        assertThat(claim(9)).as("it is written down").isEmpty();
        assertThat(next()).isEqualTo(now.plus(SECOND));
        lab().clock.pass(SECOND);
        assertThat(lab().claim("t", 9)).extracting(Claimed::opens).hasSize(1).containsOnlyNulls();
    }

    @Test
    @Tag("long")
    default void inNoWindowMoreAreClaimedThanTheRateWhateverHappens() {
        for (int seed = 0; seed < Seeds.some(25); seed++) {
            var random = new Random(seed);
            String queue = "paced " + seed;
            var rate = new Rate(1 + random.nextInt(4), Duration.ofMillis(1 + random.nextInt(2_000)));
            var limits = new QueueSettings(random.nextBoolean() ? 3 : null, random.nextBoolean() ? 2 : null, rate);
            change(queue, QueueChange.configure(limits));
            var claims = new ArrayList<Instant>();
            var waiting = new ArrayList<RunId>();
            for (int i = 0; i < 14; i++) {
                Lane lane = List.of(A, B, TALK).get(random.nextInt(3));
                waiting.add(lab().draft("t")
                        .queue(queue)
                        .lane(random.nextInt(3) == 0 ? null : lane)
                        .start()
                        .id());
            }
            for (int i = 0; i < 5_000 && !waiting.isEmpty(); i++) {
                int step = random.nextInt(80);
                if (step == 0) lab().reboot();
                else if (step <= 2) lab().clock.pass(Duration.ofMillis(-random.nextInt(3_000)));
                else lab().clock.pass(Duration.ofMillis(random.nextInt(700)));
                for (Run run : lab().claim("t", 1 + random.nextInt(9)).stream()
                        .map(Claimed::run)
                        .toList()) {
                    claims.add(lab().ledger().now());
                    again(random, run, waiting);
                }
                lab().ledger().tick(lab().node(), 99);
            }
            assertThat(waiting).as("what is left with seed %s", seed).isEmpty();
            for (int i = rate.count(); i < claims.size(); i++) {
                assertThat(Duration.between(claims.get(i - rate.count()), claims.get(i)))
                        .as("%s claims after each other, %s, seed %s", rate.count() + 1, claims, seed)
                        .isGreaterThanOrEqualTo(rate.per());
            }
        }
    }

    private void again(Random random, Run run, List<RunId> waiting) {
        switch (random.nextInt(4)) {
            case 0 -> lab().apply(giveUp(run.id()), new Command.Unblock());
            case 1 -> lab().apply(run, new Command.Lost(lab().node(), Command.Blame.NOT_COUNTED));
            default -> {
                lab().apply(run, new Command.Succeed(lab().by(run)));
                waiting.remove(run.id());
            }
        }
    }
}
