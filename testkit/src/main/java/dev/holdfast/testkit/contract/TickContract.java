package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Tick;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Whatever waits for something is found by a look at the whole ledger, so that no crash loses it. */
interface TickContract extends Contract {

    private Tick tick() {
        return lab().ledger().tick(lab().node(), 100);
    }

    @Test
    default void nothingIsDueInAnEmptyLedger() {
        Tick tick = tick();
        assertThat(tick.deadlines()).isEmpty();
        assertThat(tick.inboxes()).isEmpty();
        assertThat(tick.promoted()).isZero();
        assertThat(tick.lingers()).isFalse();
        assertThat(tick.firing()).isNull();
        assertThat(tick.next()).isNull();
    }

    @Test
    default void dueRunsArePromotedOnceAndTheNextOneIsAnnounced() {
        Lab lab = lab();
        lab.draft("t").delay(Duration.ofSeconds(1)).start();
        lab.draft("t").delay(Duration.ofSeconds(1)).start();
        lab.draft("t").delay(Duration.ofSeconds(3)).start();
        assertThat(tick().next()).isEqualTo(lab.clock.now().plusSeconds(1));
        lab.clock.pass(Duration.ofSeconds(1));
        Tick tick = tick();
        assertThat(tick.promoted()).isEqualTo(2);
        assertThat(tick.next()).isEqualTo(lab.clock.now().plusSeconds(2));
        assertThat(tick().promoted()).isZero();
    }

    @Test
    default void manyDueRunsArePromotedInPortions() {
        Lab lab = lab();
        for (int i = 0; i < 5; i++) lab.draft("t").delay(Duration.ofSeconds(1)).start();
        lab.clock.pass(Duration.ofSeconds(1));
        Tick first = lab.ledger().tick(lab.node(), 3);
        assertThat(first.promoted()).isEqualTo(3);
        assertThat(first.next()).as("more is due at once").isEqualTo(lab.clock.now());
        assertThat(lab.ledger().tick(lab.node(), 3).promoted()).isEqualTo(2);
        assertThat(lab.claim("t", 10)).hasSize(5);
        assertThat(lab.reads().queues(Namespace.DEFAULT))
                .as("none of them can be claimed again")
                .singleElement()
                .matches(q -> q.waiting() == 0 && q.delayed() == 0 && q.executing() == 5);
    }

    @Test
    default void deadlinesOfThisNodesRunsAndOfNobodysAreFound() {
        Lab lab = lab();
        Run waiting = lab.draft("waits").ttl(Duration.ofSeconds(5)).start();
        Run running = lab.running("t");
        Run stopping = lab.apply(running, new Command.Cancel(true));
        var stopAt = stopping.times().deadlines().byName().get(Deadlines.Name.STOP);
        assertThat(stopAt).isEqualTo(lab.clock.now().plus(Defaults.COMPENSATION_BUDGET));
        assertThat(tick().deadlines()).isEmpty();
        assertThat(tick().next()).isEqualTo(lab.clock.now().plusSeconds(5));
        lab.clock.pass(Duration.ofSeconds(5));
        assertThat(tick().deadlines()).containsExactly(waiting.id());
        assertThat(tick().next()).isEqualTo(stopAt);
        lab.clock.pass(Duration.ofSeconds(55));
        assertThat(tick().deadlines()).containsExactlyInAnyOrder(waiting.id(), stopping.id());
    }

    @Test
    default void aDeadlineThatWasDealtWithIsNotFoundAgain() {
        Lab lab = lab();
        Run waiting = lab.draft("t").ttl(Duration.ofSeconds(5)).start();
        lab.clock.pass(Duration.ofSeconds(5));
        lab.apply(waiting, new Command.DeadlineCame(Deadlines.Name.TTL));
        assertThat(tick().deadlines()).isEmpty();
        assertThat(tick().next()).isNull();
    }

    @Test
    default void whatAnotherHoldsIsNotThisNodesBusiness() {
        Lab lab = lab();
        Run theirs = lab.running("t");
        Holder other = lab.node();
        lab.ledger().commit(lab.post(theirs.id(), Message.cancel(lab.ids.next())));
        assertThat(lab.ledger().held(other, 10)).containsExactly(theirs);
        lab.reboot();
        assertThat(tick().inboxes()).isEmpty();
        assertThat(lab.ledger().tick(other, 10).inboxes()).containsExactly(theirs.id());
        assertThat(lab.ledger().orphans(lab.node(), 10)).containsExactly(theirs);
        assertThat(lab.ledger().held(lab.node(), 10)).isEmpty();
        assertThat(lab.ledger().held(other, 10)).containsExactly(theirs);
    }

    @Test
    default void inboxesOfThisNodesRunsAndOfNobodysAreFound() {
        Lab lab = lab();
        Run queued = lab.queued("other");
        Run running = lab.running("t");
        Run quiet = lab.running("t");
        for (RunId id : new RunId[] {queued.id(), running.id(), running.id()}) {
            lab.ledger().commit(lab.post(id, Message.cancel(lab.ids.next())));
        }
        assertThat(tick().inboxes())
                .containsExactlyInAnyOrder(queued.id(), running.id())
                .doesNotContain(quiet.id());
    }

    @Test
    default void orphansAreTheRunsOfAnEarlierBoot() {
        Lab lab = lab();
        var held = new ArrayList<Run>();
        for (int i = 0; i < 3; i++) held.add(lab.running("t"));
        lab.queued("t");
        lab.succeeded("u");
        assertThat(lab.ledger().orphans(lab.node(), 10)).isEmpty();
        Holder before = lab.node();
        lab.reboot();
        assertThat(lab.ledger().orphans(lab.node(), 10)).containsExactlyInAnyOrderElementsOf(held);
        assertThat(lab.ledger().orphans(lab.node(), 2)).hasSize(2);
        lab.apply(held.getFirst(), new Command.Lost(before, Command.Blame.COUNTED));
        assertThat(lab.ledger().orphans(lab.node(), 10)).hasSize(2);
    }

    @Test
    default void timeDoesNotGoBack() {
        Lab lab = lab();
        lab.clock.pass(Duration.ofHours(1));
        var now = lab.ledger().now();
        lab.clock.pass(Duration.ofHours(-1));
        assertThat(lab.ledger().now()).isEqualTo(now);
    }
}
