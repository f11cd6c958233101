package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Waiting, on a clock that moves only when somebody waits: what happens meanwhile is said by each test. */
final class WatcherTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Journal journal = new Journal();
    private final World world = new World();
    private final Tails tails = new Tails(new Watcher.Ports(journal, journal, world, world, world));
    private final Watch watch = open(null);

    @Test
    void whatIsThereIsGivenAtOnce() throws InterruptedException {
        assertThat(watch.next(Duration.ZERO)).map(Frame::event).contains("status");
        assertThat(watch.next(Duration.ZERO)).isEmpty();
        assertThat(world.waits).isEmpty();
        assertThat(watch.ended()).isFalse();
    }

    @Test
    void aHintEndsTheWait() throws InterruptedException {
        watch.next(Duration.ZERO);
        world.onWait = () -> {
            journal.become(RunState.RUNNING, 1, "claim");
            journal.append(new Item.Chunk(Source.between(1), "\"a\""));
            world.changed(Journal.RUN);
        };

        assertThat(watch.next(MINUTE)).map(Frame::event).contains("status");
        assertThat(watch.next(MINUTE)).map(Frame::event).contains("chunk");
        assertThat(world.elapsed()).isZero();
    }

    @Test
    void whoHasBeenToldEverythingReadsNothingBeforeAHint() throws InterruptedException {
        journal.become(RunState.RUNNING, 1, "claim");
        while (watch.next(Duration.ZERO).isPresent()) {}
        journal.reads = 0;
        assertThat(watch.next(Duration.ZERO)).isEmpty();
        assertThat(journal.reads).isZero();

        journal.append(new Item.Chunk(Source.between(1), "\"a\""));
        world.changed(Journal.RUN);
        assertThat(watch.next(Duration.ZERO)).map(Frame::event).contains("chunk");
        assertThat(watch.next(Duration.ZERO)).isEmpty();
        assertThat(journal.reads).as("the row, and the entries").isEqualTo(2);
    }

    @Test
    void withoutHintsItLooksOnceASecond() throws InterruptedException {
        watch.next(Duration.ZERO);
        world.onWait = () -> {
            if (world.waits.size() == 3) journal.become(RunState.RUNNING, 1, "claim");
        };

        assertThat(watch.next(MINUTE)).map(Frame::event).contains("status");
        assertThat(world.waits).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    @Test
    void theLookOnceASecondIsOneForAllWhoWatchTheRun() throws InterruptedException {
        var watches = new ArrayList<Watch>(List.of(watch));
        for (int i = 0; i < 99; i++) watches.add(open(null));
        for (Watch each : watches) while (each.next(Duration.ZERO).isPresent()) {}
        journal.reads = 0;

        world.pass(Duration.ofSeconds(1));
        for (Watch each : watches) assertThat(each.next(Duration.ZERO)).isEmpty();
        assertThat(journal.reads).as("the row, and the entries").isEqualTo(2);
    }

    @Test
    void theLastWatcherTakesAwayWhatTheyShared() {
        Watch other = open(null);
        assertThat(world.listening).hasSize(1);

        watch.close();
        watch.close();
        assertThat(world.listening).hasSize(1);
        other.close();
        assertThat(world.listening).isEmpty();
    }

    @Test
    void patienceEndsAlsoWhenHintsOfNothingKeepComing() throws InterruptedException {
        watch.next(Duration.ZERO);
        world.onWait = () -> {
            world.pass(Duration.ofMillis(100));
            world.changed(Journal.RUN);
        };

        assertThat(watch.next(Duration.ofMillis(2_500))).isEmpty();
        assertThat(world.elapsed()).isEqualTo(Duration.ofMillis(2_500));
        assertThat(watch.ended()).isFalse();
    }

    @Test
    void afterDoneItHasEndedAndListensNoMore() throws InterruptedException {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(0L, List.of()));

        var events = new ArrayList<String>();
        for (var next = watch.next(MINUTE); next.isPresent(); next = watch.next(MINUTE)) {
            assertThat(watch.ended()).isEqualTo(next.get().event().equals("done"));
            events.add(next.get().event());
        }

        assertThat(events).containsExactly("status", "status", "status", "done");
        assertThat(world.listening).isEmpty();
        assertThat(world.waits).isEmpty();
    }

    @Test
    void closingEndsAWait() throws InterruptedException {
        watch.next(Duration.ZERO);
        world.onWait = watch::close;

        assertThat(watch.next(MINUTE)).isEmpty();
        assertThat(watch.ended()).isTrue();
        assertThat(world.elapsed()).isZero();
        assertThat(world.listening).isEmpty();
        assertThat(watch.next(MINUTE)).isEmpty();
    }

    @Test
    void aLedgerThatCannotBeReachedLosesNothing() throws InterruptedException {
        var received = new ArrayList<Optional<Frame>>();
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(new Item.Chunk(Source.between(1), "\"a\""));
        for (int until = 0; until < 5; until++) {
            int failing = until;
            journal.reads = 0;
            journal.meanwhile = () -> {
                if (journal.reads == failing + 1)
                    throw Unavailable.notApplied("ledger", "the ledger cannot be reached", null);
            };
            try {
                received.add(watch.next(Duration.ZERO));
            } catch (Unavailable e) {
                // Asked again below.
            }
        }
        journal.meanwhile = () -> {};
        for (var next = watch.next(Duration.ZERO); next.isPresent(); next = watch.next(Duration.ZERO))
            received.add(next);

        assertThat(received.stream().flatMap(Optional::stream).map(Frame::event))
                .containsExactly("status", "status", "chunk");
    }

    @Test
    void aDeletedRunEndsTheWatchWithARefusal() throws InterruptedException {
        journal.delete();

        assertThatThrownBy(() -> watch.next(MINUTE))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo("run_unknown"));
        assertThat(watch.ended()).isTrue();
        assertThat(watch.next(MINUTE)).isEmpty();
        assertThat(world.listening).isEmpty();
    }

    @Test
    void aPositionThatIsRefusedLeavesNobodyListening() {
        watch.close();

        assertThatThrownBy(() -> open("nonsense")).isInstanceOf(Refused.class);
        assertThat(world.listening).isEmpty();
    }

    private Watch open(@Nullable String after) {
        return Watcher.open(tails, world, journal.row(), after);
    }

    /** Hints, threads and time, all by hand. */
    private static final class World implements Hints, Threads, Clock {
        final List<Runnable> listening = new ArrayList<>();
        final List<Duration> waits = new ArrayList<>();
        Runnable onWait = () -> {};
        private long nanos;

        void pass(Duration time) {
            nanos += time.toNanos();
        }

        Duration elapsed() {
            return Duration.ofNanos(nanos);
        }

        @Override
        public void changed(RunId run) {
            List.copyOf(listening).forEach(Runnable::run);
        }

        @Override
        public Listening onChange(RunId run, Runnable look) {
            listening.add(look);
            return () -> listening.remove(look);
        }

        @Override
        public void ended(RunId run) {
            changed(run);
        }

        @Override
        public Listening onEnd(RunId run, Runnable look) {
            return onChange(run, look);
        }

        @Override
        public void posted(RunId run, Holder holder) {}

        @Override
        public Listening onPost(Consumer<RunId> look) {
            return () -> {};
        }

        @Override
        public void work() {}

        @Override
        public Listening onWork(Runnable look) {
            return () -> {};
        }

        @Override
        public Lock lock() {
            return new ReentrantLock();
        }

        @Override
        public void join(Thread thread) throws InterruptedException {
            thread.join();
        }

        @Override
        public Bell bell() {
            return new Bell() {
                private boolean rung;

                @Override
                public void ring() {
                    rung = true;
                }

                @Override
                public boolean await(Duration limit) {
                    waits.add(limit);
                    if (!rung) onWait.run();
                    if (!rung) pass(limit);
                    boolean was = rung;
                    rung = false;
                    return was;
                }
            };
        }

        @Override
        public Thread loop(String name, Runnable body) {
            return Thread.ofPlatform().name(name).start(body);
        }

        @Override
        public Thread task(String name, Runnable body) {
            return Thread.ofVirtual().name(name).start(body);
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public long nanos() {
            return nanos;
        }
    }
}
