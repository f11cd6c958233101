package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.NoRetry;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
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

    /** An epoch that sends, and goes on sending when it has lost the run. */
    private RunId zombie(String before) throws InterruptedException {
        rig.boot(TASK.handle((ctx, n) -> ctx.step("talk", Integer.class, s -> {
            if (!before.isEmpty()) s.send(before);
            reached.countDown();
            go.await();
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
