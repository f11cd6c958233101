package dev.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What everything else relies on: one thread at a time, and only the choice decides which. */
final class TurnsTest {
    private final List<String> said = new ArrayList<>();
    private Turns turns = new Turns(Choice.inOrder());
    private SimProcess process = turns.process("p");

    @AfterEach
    void close() {
        turns.close();
    }

    private void chooseBy(long seed) {
        turns.close();
        turns = new Turns(Choice.seeded(seed));
        process = turns.process("p");
        said.clear();
    }

    private static void holding(Lock lock, Runnable deed) {
        lock.lock();
        try {
            deed.run();
        } finally {
            lock.unlock();
        }
    }

    /** Three threads that count to three; what they say is the order of their turns. */
    private String count(long seed) {
        chooseBy(seed);
        for (String name : List.of("a", "b", "c")) {
            process.task(name, () -> {
                for (int i = 1; i <= 3; i++) {
                    said.add(name + i);
                    turns.point("said");
                }
            });
        }
        turns.settle();
        return String.join(" ", said);
    }

    @Test
    void theOrderFollowsFromTheSeed() {
        for (long seed = 1; seed <= 50; seed++) {
            String first = count(seed);
            assertThat(first.split(" ")).hasSize(9);
            assertThat(count(seed)).isEqualTo(first);
        }
        assertThat(count(1)).isNotEqualTo(count(2));
    }

    @Test
    void aLockIsHeldByOneAndReentrant() {
        for (long seed = 1; seed <= 50; seed++) {
            chooseBy(seed);
            var lock = process.lock();
            for (String name : List.of("a", "b")) {
                process.task(
                        name,
                        () -> holding(lock, () -> {
                            holding(lock, () -> {
                                said.add(name + " in");
                                turns.point("inside");
                            });
                            turns.point("inside");
                            said.add(name + " out");
                        }));
            }
            turns.settle();
            assertThat(String.join(" ", said)).isIn("a in a out b in b out", "b in b out a in a out");
        }
    }

    @Test
    void aConditionGivesTheLockAwayAndTakesItBack() {
        var lock = process.lock();
        var changed = lock.newCondition();
        var is = new AtomicBoolean();
        process.task(
                "waits",
                () -> holding(lock, () -> {
                    while (!is.get()) changed.awaitUninterruptibly();
                    said.add("woken");
                }));
        turns.settle();
        assertThat(said).isEmpty();
        holding(lock, () -> {
            is.set(true);
            changed.signalAll();
            turns.settle();
            assertThat(said).as("while another holds the lock").isEmpty();
        });
        turns.settle();
        assertThat(said).containsExactly("woken");
    }

    @Test
    void timePassesOnlyWhenNobodyCanGoOnAndThenToTheEarliestEnd() throws InterruptedException {
        var begin = turns.now();
        for (int seconds : new int[] {30, 10, 20}) {
            process.task("sleeper", () -> {
                sleep(Duration.ofSeconds(seconds));
                said.add(seconds + " at " + Duration.between(begin, turns.now()).toSeconds());
            });
        }
        turns.settle();
        assertThat(turns.now()).isEqualTo(begin);
        turns.sleep(Duration.ofMinutes(1));
        assertThat(said).containsExactly("10 at 10", "20 at 20", "30 at 30");
        assertThat(turns.now()).isEqualTo(begin.plusSeconds(60));
    }

    private void sleep(Duration time) {
        try {
            turns.sleep(time);
        } catch (InterruptedException e) {
            said.add("interrupted");
        }
    }

    @Test
    void aRingIsNotLostAndSeveralAreOne() throws InterruptedException {
        var bell = process.bell();
        bell.ring();
        bell.ring();
        assertThat(bell.await(Duration.ofSeconds(1))).isTrue();
        var begin = turns.now();
        assertThat(bell.await(Duration.ofSeconds(1))).isFalse();
        assertThat(turns.now()).isEqualTo(begin.plusSeconds(1));
    }

    @Test
    void anInterruptEndsAWaitAndALockIsWaitedForAllTheSame() throws InterruptedException {
        var lock = process.lock();
        Thread sleeper = process.task("sleeper", () -> sleep(Duration.ofDays(1)));
        var locker = new AtomicReference<Thread>();
        holding(lock, () -> {
            locker.set(process.task(
                    "locker", () -> holding(lock, () -> said.add("locked, interrupted " + Thread.interrupted()))));
            turns.settle();
            sleeper.interrupt();
            locker.get().interrupt();
            turns.settle();
            assertThat(said).containsExactly("interrupted");
        });
        process.join(locker.get());
        assertThat(said).containsExactly("interrupted", "locked, interrupted true");
    }

    @Test
    void whoIsKilledDoesNothingAnyMoreNotEvenItsFinally() {
        process.task("victim", () -> {
            try {
                sleep(Duration.ofSeconds(1));
                said.add("went on");
            } finally {
                turns.point("clean up");
                said.add("cleaned up");
            }
        });
        turns.settle();
        process.kill();
        sleep(Duration.ofMinutes(1));
        assertThat(said).isEmpty();
        turns.close();
        assertThat(said).as("its ports do not answer when it leaves").isEmpty();
    }

    @Test
    void whoIsFrozenGoesOnWhenItIsThawed() {
        process.task("frozen", () -> {
            sleep(Duration.ofSeconds(1));
            said.add("went on");
        });
        turns.settle();
        process.freeze();
        sleep(Duration.ofMinutes(1));
        assertThat(said).isEmpty();
        process.thaw();
        turns.settle();
        assertThat(said).containsExactly("went on");
    }

    @Test
    void aDeadlockIsToldWithTheNamesOfThoseWhoWait() {
        var mine = process.lock();
        process.task("poor one", () -> holding(mine, () -> said.add("never")));
        holding(
                mine,
                () -> assertThatThrownBy(() -> turns.await("for ever", () -> false, null))
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("deadlock")
                        .hasMessageContaining("poor one")
                        .hasMessageContaining("Lock.lock")
                        .hasMessageContaining("for ever"));
    }

    @Test
    void aThreadThatDiesIsTold() {
        process.task("unlucky", () -> {
            throw new IllegalStateException("bad luck");
        });
        assertThatThrownBy(turns::settle)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("unlucky")
                .hasRootCauseMessage("bad luck");
    }

    @Test
    void whoDoesNotComeToRestIsToldToo() {
        process.task("restless", () -> {
            while (true) turns.point("again");
        });
        turns.limit(1_000);
        assertThatThrownBy(turns::settle).isInstanceOf(AssertionError.class).hasMessageContaining("come to rest");
    }

    @Test
    void aThreadThatNobodyKnowsIsRefused() throws Exception {
        var refused = new ArrayList<Throwable>();
        var stranger = Thread.ofPlatform().start(() -> {
            try {
                turns.point("intrusion");
            } catch (IllegalStateException e) {
                refused.add(e);
            }
        });
        stranger.join();
        assertThat(refused).singleElement().asString().contains("from the thread of the test");
    }
}
