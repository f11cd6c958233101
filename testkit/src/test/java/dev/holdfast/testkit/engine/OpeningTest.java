package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Numbering;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams in a log that knows no rows: what keeps those from writing who have lost a run is that the next epoch has opened. */
final class OpeningTest {
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);

    private final Rig rig = new Rig().fencedByOpening();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch sent = new CountDownLatch(1);

    @AfterEach
    void close() {
        go.countDown();
        rig.close();
    }

    /** An epoch that sends, and goes on sending when it has lost the run, whatever it is told. */
    private RunId zombie(String before) throws InterruptedException {
        rig.boot(TASK.handle((ctx, n) -> ctx.step("talk", Integer.class, s -> {
            if (!before.isEmpty()) s.send(before);
            reached.countDown();
            while (go.getCount() > 0) {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    // It was told that it has lost it.
                }
            }
            s.send("late");
            sent.countDown();
            return 0;
        })));
        RunId id = rig.start("task", "1");
        reached.await();
        if (!before.isEmpty()) await("it is stored").until(() -> rig.entries(id).size() == 1);
        return id;
    }

    @Test
    void aRunThatSendsNothingAppendsNothing() {
        rig.boot(TASK.handle((ctx, n) -> n));
        RunId id = rig.start("task", "1");
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(rig.entries(id)).isEmpty();
    }

    @Test
    void anEpochThatFindsNothingOpensAllTheSameAndAZombieSendsNothing() throws InterruptedException {
        RunId id = zombie("");
        var held = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            held.countDown();
            over.await();
            return n;
        }));
        held.await();
        go.countDown();
        sent.await();
        over.countDown();
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        assertThat(rig.entries(id)).extracting(Entry::item).hasOnlyElementsOfType(Item.Rewind.class);
        assertThat(rig.text(id)).isEmpty();
    }

    /** It writes when the next epoch has looked at the stream, and has not opened. */
    @Test
    void whatAZombieWroteJustBeforeTheOpeningIsTakenBackByIt() throws InterruptedException {
        RunId id = zombie("half a sent");
        rig.beforeAnAppend(() -> {
            go.countDown();
            await("the zombie has written").until(() -> rig.entries(id).size() == 2);
        });
        rig.boot(TASK.handle((ctx, n) -> {
            throw new NoRetry("this epoch sends nothing");
        }));
        rig.awaitEnd(id, Outcome.FAILED);
        assertThat(rig.entries(id)).hasSize(3);
        assertThat(rig.text(id)).isEmpty();
    }

    /** Nobody opens it: it is ended by somebody who does not hold it. */
    @Test
    void whatAZombieWritesAfterTheEndIsAboveIt() throws InterruptedException {
        RunId id = zombie("");
        rig.boot();
        rig.cancel(id);
        rig.awaitEnd(id, Outcome.CANCELLED);
        go.countDown();
        await("the zombie has written").until(() -> rig.entries(id).size() == 1);
        assertThat(rig.text(id)).isEmpty();
    }

    /** What is recorded is never sent again: who comes later is told that something is missing. */
    @Test
    void whatTheLogHasLostOfARecordedStepIsMissing() throws Exception {
        var first = new CountDownLatch(1);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("one", s -> {
                s.send("a ");
                s.send("b ");
            });
            return ctx.step("two", Integer.class, s -> {
                s.send("c ");
                first.countDown();
                go.await();
                return 0;
            });
        }));
        RunId id = rig.start("task", "1");
        first.await();
        await("it is stored").until(() -> rig.entries(id).size() == 3);
        rig.loseEntries(id, 2);
        rig.boot(TASK.handle((ctx, n) -> {
            ctx.step("one", s -> s.send("never"));
            return ctx.step("two", Integer.class, s -> {
                s.send("d");
                return 0;
            });
        }));
        rig.awaitEnd(id, Outcome.SUCCEEDED);

        assertThat(rig.entries(id).getLast().number()).isGreaterThan(Numbering.first(3));
        assertThat(rig.text(id)).isEqualTo("a d");
        assertThat(rig.fold(id).missing()).isEqualTo(1);
    }

    /** It waits for the log, and so does its end. */
    @Test
    void ofAnEpochThatEndsBeforeItHasOpenedNothingOfThoseBeforeItStandsThatWasNotRecorded() throws Exception {
        var task = TASK.maxDuration(Duration.ofMinutes(1));
        rig.boot(task.handle((ctx, n) -> ctx.step("talk", Integer.class, s -> {
            s.send("half a sent");
            reached.countDown();
            go.await();
            return 0;
        })));
        RunId id = rig.start("task", "1");
        reached.await();
        await("it is stored").until(() -> rig.entries(id).size() == 1);

        rig.logIsAway(true);
        rig.boot(task.handle((ctx, n) -> n));
        await("the next epoch begins").until(() -> rig.show(id).run().fence().epoch() == 3);
        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitState(id, RunState.STOPPING);
        int before = rig.asked();
        await("its attempt has left, and it waits for the log to end")
                .until(() -> rig.asked() > before + 1 || rig.show(id).run().isFinished());
        rig.logIsAway(false);
        rig.awaitEnd(id, Outcome.TIMED_OUT);

        assertThat(rig.text(id)).isEmpty();
    }

    /** By which a node that is cut off decides whether it has to halt. */
    @Test
    void anAttemptThatWaitsForTheLogIsNotInUserCode() throws InterruptedException {
        RunId id = zombie("before");
        assertThat(rig.inUserCode())
                .singleElement()
                .asString()
                .startsWith(id + " in " + OpeningTest.class.getName() + ".lambda$zombie$");

        rig.logIsAway(true);
        rig.boot(TASK.handle((ctx, n) -> n));
        int before = rig.asked();
        await("the next epoch asks again and again").until(() -> rig.asked() > before + 1);
        assertThat(rig.executing()).isEqualTo(1);
        assertThat(rig.inUserCode()).isEmpty();

        rig.logIsAway(false);
        rig.awaitEnd(id, Outcome.SUCCEEDED);
        await("it has left").until(() -> rig.inUserCode().isEmpty());
    }

    /** One that would end, and whose stream cannot be read, is nothing to the others that its node held. */
    @Test
    void theOthersGoOnWhileOneThatEndsWaitsForTheLog() throws Exception {
        rig.inCluster();
        var other = Task.named("other", Integer.class, Integer.class);
        var task = TASK.maxDuration(Duration.ofMinutes(1));
        rig.boot(
                task.handle((ctx, n) -> ctx.step("talk", Integer.class, s -> {
                    s.send("half a sent");
                    reached.countDown();
                    boolean left = false;
                    while (!left) {
                        try {
                            go.await();
                            left = true;
                        } catch (InterruptedException e) {
                            left = false;
                        }
                    }
                    return 0;
                })),
                other.handle((ctx, n) -> {
                    sent.countDown();
                    new CountDownLatch(1).await();
                    return n;
                }));
        RunId ends = rig.start("task", "1");
        RunId goesOn = rig.start("other", "1");
        reached.await();
        sent.await();
        await("it is stored").until(() -> rig.entries(ends).size() == 1);
        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitState(ends, RunState.STOPPING);

        rig.logIsAway(true);
        rig.boot(task.handle((ctx, n) -> n), other.handle((ctx, n) -> n));
        await("the other one is lost and claimed")
                .until(() -> rig.show(goesOn).run().fence().epoch() == 3);
        assertThat(rig.show(ends).run().state()).isEqualTo(RunState.STOPPING);

        rig.logIsAway(false);
        rig.awaitEnd(goesOn, Outcome.SUCCEEDED);
        rig.awaitEnd(ends, Outcome.TIMED_OUT);
        assertThat(rig.text(ends)).isEmpty();
    }

    /** One that was never executed has sent nothing, and waits for no log. */
    @Test
    void aRunThatIsCancelledWhileItsLogIsAwayEndsWhenThatIsBack() throws Exception {
        RunId id = zombie("half a sent");
        var later = Rig.timing(Duration.ofHours(1), null);
        RunId never = rig.start("task", "1", StartRequest.Identity.NONE, later).id();
        rig.boot();
        rig.logIsAway(true);
        rig.cancel(id);
        rig.cancel(never);
        rig.awaitEnd(never, Outcome.CANCELLED);
        assertThat(rig.show(id).run().state()).isEqualTo(RunState.QUEUED);
        rig.logIsAway(false);
        rig.awaitEnd(id, Outcome.CANCELLED);
        assertThat(rig.text(id)).isEmpty();
    }

    /** There is nobody who opens a later epoch: it is its own holder that ends it. */
    @Test
    void codeThatDoesNotLeaveSendsNothingBehindTheEndOfItsRun() throws Exception {
        rig.boot(TASK.maxDuration(Duration.ofMinutes(1)).handle((ctx, n) -> {
            ctx.step("talk", s -> {
                s.send("before");
                reached.countDown();
                boolean left = false;
                while (!left) {
                    try {
                        go.await();
                        left = true;
                    } catch (InterruptedException e) {
                        left = false;
                    }
                }
                s.send("late");
                sent.countDown();
            });
            return n;
        }));
        RunId id = rig.start("task", "1");
        reached.await();
        await("it is stored").until(() -> rig.entries(id).size() == 1);
        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitState(id, RunState.STOPPING);
        rig.clock.pass(Duration.ofMinutes(2));
        rig.awaitEnd(id, Outcome.TIMED_OUT);
        go.countDown();
        sent.await();
        await("its code has left").until(() -> rig.executing() == 0);
        assertThat(rig.entries(id)).hasSize(1);
        assertThat(rig.text(id)).isEqualTo("before");
    }
}
