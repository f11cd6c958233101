package dev.holdfast.testkit.engine;

import static dev.holdfast.testkit.engine.Rig.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.port.Taker;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine with a ledger that asks who takes what it is about to write. */
final class TakerTest {
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);

    private final Rig rig =
            new Rig().grace(Duration.ofMillis(200)).slots(1).inCluster().asking();
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void close() {
        rig.close();
    }

    private Engine boot() {
        return rig.boot(TASK.handle((ctx, n) -> calls.incrementAndGet()));
    }

    @Test
    void what_is_started_is_taken_by_who_is_asked() {
        bootAsked();
        rig.awaitEnd(rig.start("task", "1"), Outcome.SUCCEEDED);
        assertThat(calls).hasValue(1);
    }

    @Test
    void a_claim_that_was_told_of_and_then_failed_keeps_no_slot_and_its_run_goes_on() {
        bootAsked();
        rig.ledger().loseTheClaim();
        var view = rig.awaitEnd(rig.start("task", "1"), Outcome.SUCCEEDED);
        assertThat(view.run().tries().losses()).isZero();
        assertThat(calls).hasValue(1);
    }

    @Test
    void what_is_on_its_way_here_is_not_given_back_however_long_it_takes() {
        bootAsked();
        rig.ledger().answerTheClaimAfterLooks(5);
        var view = rig.awaitEnd(rig.start("task", "1"), Outcome.SUCCEEDED);
        assertThat(calls).hasValue(1);
        assertThat(view.run().fence().epoch()).as("of a claim and an end").isEqualTo(2);
    }

    @Test
    void who_closes_waits_for_claims_that_are_made_for_him_and_takes_nothing_more() {
        Engine engine = bootAsked();
        Taker.Asking asking = ask().orElseThrow();
        Thread closes = Thread.ofVirtual().start(engine::close);
        await("he takes nothing more").atMost(Rig.LIMIT).until(this::takesNothing);
        await("he waits").atMost(Rig.LIMIT).until(() -> closes.getState() == Thread.State.TIMED_WAITING);
        assertThat(asking.wish().admission().slots()).as("slots that are free").isZero();
        asking.given(List.of());
        await("he has closed").atMost(Rig.LIMIT).until(() -> !closes.isAlive());
    }

    @Test
    void who_has_no_slot_takes_nothing() {
        rig.slots(0);
        bootAsked();
        assertThat(takesNothing()).isTrue();
    }

    private Engine bootAsked() {
        Engine engine = boot();
        await("somebody is asked")
                .atMost(Rig.LIMIT)
                .until(() -> rig.ledger().taker().isPresent());
        return engine;
    }

    private Optional<Taker.Asking> ask() {
        return rig.ledger().taker().orElseThrow().ask();
    }

    /** Whoever begins a claim answers it. */
    private boolean takesNothing() {
        var asked = ask();
        asked.ifPresent(Taker.Asking::failed);
        return asked.isEmpty();
    }
}
