package dev.holdfast.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Command;
import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.Unwind;
import dev.holdfast.testkit.QuietEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What several nodes do together: who works, who takes over, who hears what is posted, and what one does that is cut off. */
@ExtendWith(QuietEngine.class)
final class NodesTest {
    private static final Task<Integer, Integer> LONG = Task.named("long", Integer.class, Integer.class);
    private static final Signal<Integer> GO = Signal.named("go", Integer.class);
    /** So seldom that nothing may depend on it. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final int SLOTS = 4;

    private final Site site = new Site(SLOTS, NEVER);
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void close() {
        site.close();
    }

    /** Works for an hour, in one step after another. */
    private Handler<Integer, Integer> works() {
        return LONG.handle((ctx, n) -> {
            ctx.step("first", Integer.class, s -> n);
            ctx.step("second", Integer.class, s -> {
                heard.add("epoch " + s.epoch());
                site.turns.sleep(Duration.ofMinutes(60));
                return n;
            });
            return n;
        });
    }

    private Handler<Integer, Integer> waits() {
        return LONG.giveUpAfter(Duration.ofDays(1)).handle((ctx, n) -> ctx.await(GO));
    }

    @Test
    void what_the_dead_held_goes_on_at_once_where_somebody_is_alive() {
        Member one = site.join(works());
        RunId id = site.start(one, "long", "1");
        site.assertHeld(id, one);
        Member other = site.join(works());
        one.die();
        site.pass(Duration.ofSeconds(1));
        site.assertHeld(id, one);
        one.bury();
        site.assertHeld(id, other);
        assertThat(site.run(id).tries().losses()).isEqualTo(1);
        site.pass(Duration.ofHours(1));
        site.assertEnded(id, Outcome.SUCCEEDED);
    }

    /** Does not leave for an hour, whoever asks it. */
    private Handler<Integer, Integer> deaf() {
        return Task.named("deaf", Integer.class, Integer.class).handle((ctx, n) -> {
            long until = site.turns.clock().nanos() + Duration.ofHours(1).toNanos();
            while (site.turns.clock().nanos() < until) {
                try {
                    site.turns.sleep(Duration.ofMinutes(1));
                } catch (InterruptedException e) {
                    // It does not leave.
                }
            }
            return n;
        });
    }

    @Test
    void a_run_whose_history_cannot_be_read_ends_and_keeps_no_other_waiting() {
        Member one = site.join(works(), deaf());
        var within = new StartRequest.Options(Command.Timing.NOW, Duration.ofSeconds(5), List.of());
        var request = new StartRequest(Namespace.DEFAULT, "deaf", "1", StartRequest.Identity.NONE, within);
        RunId broken = one.engine().start(request).id();
        RunId ends = one.engine().start(request).id();
        RunId sound = site.start(one, "long", "1");
        site.pass(Duration.ofSeconds(8));
        assertThat(site.run(broken).state()).isEqualTo(RunState.STOPPING);
        Member other = site.join(works());
        spoil(other, "Reads.steps", broken);
        one.die();
        one.bury();
        site.assertHeld(sound, other);
        site.assertEnded(ends, Outcome.TIMED_OUT);
        site.assertEnded(broken, Outcome.TIMED_OUT);
    }

    @Test
    void a_run_whose_inbox_cannot_be_read_keeps_no_other_from_its_time() {
        Member one = site.join(LONG.handle((ctx, n) -> {
            ctx.sleep(Duration.ofMinutes(10));
            return n;
        }));
        RunId broken = site.start(one, "long", "1");
        RunId sound = site.start(one, "long", "2");
        site.pass(Duration.ofMinutes(1));
        spoil(one, "Reads.inbox", broken);
        site.pass(Duration.ofMinutes(10));
        site.assertEnded(sound, Outcome.SUCCEEDED);
        assertThat(site.run(broken).state()).isEqualTo(RunState.BLOCKED);
        one.spoil(call -> {});
        site.pass(NEVER.plusSeconds(1));
        site.assertEnded(broken, Outcome.SUCCEEDED);
    }

    private static void spoil(Member node, String port, RunId run) {
        node.spoil(call -> {
            if (call.toString().equals(port) && String.valueOf(call.argument()).contains(run.toString())) {
                throw new IllegalStateException("this row cannot be read");
            }
        });
    }

    @Test
    void a_death_of_which_nobody_was_told_is_found_by_the_sweep() {
        Member one = site.join(works());
        RunId id = site.start(one, "long", "1");
        Member other = site.join(works());
        one.die();
        site.disk.bury(one.node());
        site.pass(NEVER.multipliedBy(2).plusSeconds(1));
        assertThat(site.view(id).snapshots().toString()).contains(other.node().toString());
    }

    @Test
    void what_is_posted_to_a_run_reaches_the_node_that_holds_it() {
        Member one = site.join(waits());
        Member other = site.join(waits());
        RunId id = site.start(one, "long", "1");
        Member holder = one.node().equals(site.run(id).fence().holder()) ? one : other;
        Member asked = holder == one ? other : one;
        assertThat(site.run(id).state()).isEqualTo(RunState.BLOCKED);
        asked.engine().signal(Namespace.DEFAULT, id, new Runs.Sent("go", "5"), null);
        site.settle();
        site.assertEnded(id, Outcome.SUCCEEDED);
        assertThat(site.view(id).output()).isEqualTo("5");
    }

    @Test
    void what_a_closing_node_gives_up_goes_on_elsewhere_at_once_and_nobody_is_blamed() {
        Member one = site.join(works());
        RunId id = site.start(one, "long", "1");
        Member other = site.join(works());
        one.leave();
        site.assertHeld(id, other);
        assertThat(site.run(id).tries().losses()).isZero();
    }

    @Test
    void what_does_not_leave_a_closing_node_goes_on_elsewhere_when_that_is_gone_and_nobody_is_blamed() {
        Member one = site.join(deaf());
        RunId id = site.start(one, "deaf", "1");
        Member other = site.join(deaf());
        one.leave();
        site.pass(Duration.ofSeconds(4));
        site.assertHeld(id, one);
        assertThat(site.run(id).state()).isEqualTo(RunState.STOPPING);
        site.pass(Duration.ofSeconds(2));
        one.bury();
        site.assertHeld(id, other);
        assertThat(site.run(id).tries().losses()).isZero();
    }

    @Test
    void a_compensation_that_a_closing_node_interrupts_goes_on_elsewhere_and_nobody_is_blamed() {
        var compensates = LONG.handle((ctx, n) -> {
            try {
                return ctx.step("work", Integer.class, s -> {
                    site.turns.sleep(Duration.ofHours(1));
                    return n;
                });
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("undo", s -> {
                    heard.add("epoch " + s.epoch());
                    if (heard.size() == 1) site.turns.sleep(Duration.ofSeconds(30));
                });
                throw cancelled;
            }
        });
        Member one = site.join(compensates);
        RunId id = site.start(one, "long", "1");
        one.engine().cancel(Namespace.DEFAULT, id, null);
        site.settle();
        assertThat(heard).hasSize(1);
        Member other = site.join(compensates);
        one.leave();
        site.assertEnded(id, Outcome.CANCELLED);
        assertThat(heard).hasSize(2);
        assertThat(site.run(id).tries().losses()).isZero();
        assertThat(site.view(id).snapshots().toString()).contains(other.node().toString());
    }

    @Test
    void what_another_node_can_compensate_is_not_just_cancelled_by_one_that_cannot() {
        var compensates = LONG.giveUpAfter(Duration.ZERO).handle((ctx, n) -> {
            ctx.step("first", Integer.class, s -> n);
            try {
                return ctx.await(GO);
            } catch (Unwind.Cancelled cancelled) {
                ctx.step("undo", s -> heard.add("undone"));
                throw cancelled;
            }
        });
        Member one = site.join(compensates);
        RunId id = site.start(one, "long", "1");
        assertThat(site.run(id).isGivenUp()).isTrue();
        Member other = site.join();
        other.engine().cancel(Namespace.DEFAULT, id, null);
        site.settle();
        assertThat(heard).containsExactly("undone");
        site.assertEnded(id, Outcome.CANCELLED);
    }

    /** Nobody else has written yet, so that nothing else keeps it from writing. */
    @Test
    void where_entries_fence_who_may_not_serve_sends_nothing() {
        try (var there = new Site(SLOTS, NEVER, StreamLog.Fencing.BY_OPENING)) {
            Member one = there.join(LONG.handle((ctx, n) -> {
                ctx.send("a");
                there.turns.sleep(Duration.ofMinutes(10));
                ctx.send("b");
                return n;
            }));
            RunId id = there.start(one, "long", "1");
            one.peers().suspend();
            there.pass(Duration.ofMinutes(20));
            assertThat(one.store().stream().head(id)).isEqualTo(1);
            one.peers().resume();
            there.pass(Duration.ofMinutes(1));
            assertThat(one.store().stream().head(id)).isEqualTo(2);
            there.assertEnded(id, Outcome.SUCCEEDED);
        }
    }

    private void assertRefused(Member member, String code, RunId id) {
        List<ThrowingCallable> wishes = List.of(
                () -> site.start(member, "long", "1"),
                () -> member.engine().cancel(Namespace.DEFAULT, id, null),
                () -> member.engine().signal(Namespace.DEFAULT, id, new Runs.Sent("go", "1"), null),
                () -> member.engine().schedules().delete(Namespace.DEFAULT, "nightly", null),
                () -> member.engine()
                        .change(Namespace.DEFAULT, "q", new QueueChange.OfQueue(true, null, null, null), null));
        for (var wish : wishes) {
            assertThatThrownBy(wish)
                    .isInstanceOf(Unavailable.class)
                    .extracting(e -> ((HoldfastException) e).code())
                    .isEqualTo(code);
        }
        assertThat(member.engine().show(Namespace.DEFAULT, id).run().id()).isEqualTo(id);
    }

    @Test
    void who_may_not_serve_accepts_nothing_and_claims_nothing() {
        Member one = site.join(works());
        RunId running = site.start(one, "long", "1");
        one.peers().suspend();
        assertRefused(one, "suspended", running);
        Member other = site.join(works());
        for (int i = 0; i < SLOTS; i++) site.start(other, "long", "1");
        RunId id = site.start(other, "long", "2");
        assertThat(site.run(id).state()).isEqualTo(RunState.QUEUED);
        one.peers().resume();
        site.start(other, "long", "3");
        site.assertHeld(id, one);
    }

    /** Begins its second step after a minute. */
    private Handler<Integer, Integer> beginsLater() {
        return LONG.handle((ctx, n) -> {
            ctx.step("first", Integer.class, s -> {
                site.turns.sleep(Duration.ofMinutes(1));
                return n;
            });
            return ctx.step("second", Integer.class, s -> {
                heard.add("epoch " + s.epoch());
                return n;
            });
        });
    }

    @Test
    void who_may_not_serve_begins_no_step_and_goes_on_when_it_may() {
        Member one = site.join(beginsLater());
        RunId id = site.start(one, "long", "1");
        one.peers().suspend();
        site.pass(Duration.ofMinutes(2));
        assertThat(heard).isEmpty();
        one.peers().resume();
        site.pass(Duration.ofSeconds(1));
        assertThat(heard).containsExactly("epoch 1");
        site.assertEnded(id, Outcome.SUCCEEDED);
    }

    @Test
    void who_was_to_begin_a_step_while_it_may_not_serve_leaves_without_it_when_it_is_fenced() {
        Member one = site.join(beginsLater());
        site.start(one, "long", "1");
        one.peers().suspend();
        site.pass(Duration.ofMinutes(2));
        one.engine().abandon();
        site.settle();
        assertThat(one.engine().executing()).isZero();
        assertThat(heard).isEmpty();
    }

    @Test
    void who_was_fenced_writes_nothing_any_more_and_its_code_leaves() {
        Member one = site.join(works());
        RunId id = site.start(one, "long", "1");
        assertThat(one.engine().executing()).isEqualTo(1);
        int before = one.writes;
        one.engine().abandon();
        site.settle();
        assertThat(one.engine().executing()).as("its code was told to leave").isZero();
        assertRefused(one, "fenced", id);
        site.pass(NEVER.multipliedBy(3));
        assertThat(one.writes).as("nothing was written").isEqualTo(before);
        site.assertHeld(id, one);
        one.engine().close();
    }

    @Test
    void also_code_that_waits_is_told_to_leave_a_fenced_node() {
        Member one = site.join(waits());
        site.start(one, "long", "1");
        assertThat(one.engine().executing()).isEqualTo(1);
        one.engine().abandon();
        site.settle();
        assertThat(one.engine().executing()).isZero();
    }

    @Test
    void a_new_engine_of_the_same_node_takes_up_what_the_fenced_one_has_stopped_and_nobody_is_blamed() {
        Member one = site.join(works());
        RunId id = site.start(one, "long", "1");
        one.engine().abandon();
        site.settle();
        one.engine().close();
        one.open();
        site.settle();
        site.assertHeld(id, one);
        assertThat(site.run(id).tries().losses()).isZero();
        assertThat(heard)
                .containsExactly("epoch 1", "epoch " + site.run(id).fence().epoch());
    }

    @Test
    void what_a_node_holds_without_knowing_it_is_given_back() {
        Member busy = site.join(waits());
        for (int i = 0; i < SLOTS; i++) site.start(busy, "long", "1");
        RunId queued = site.start(busy, "long", "2");
        Member one = site.join();
        // A claim whose answer never came.
        var admission = new Admission(Map.of("long", LONG.version()), 1);
        one.store().ledger().claim(new Claim(one.node(), admission, 1));
        site.assertHeld(queued, one);
        site.pass(NEVER.multipliedBy(5));
        assertThat(site.run(queued).state()).isEqualTo(RunState.QUEUED);
        assertThat(site.run(queued).tries().losses()).isZero();
    }

    @Test
    void what_one_node_has_parked_another_one_with_fitting_code_takes() {
        var old = LONG.version("old").handle((ctx, n) -> {
            ctx.step("first", Integer.class, s -> n);
            ctx.sleep(Duration.ofMinutes(1));
            return ctx.step("second", Integer.class, s -> n);
        });
        var wrong = LONG.version("wrong").handle((ctx, n) -> ctx.step("another", Integer.class, s -> n));
        Member one = site.join(old);
        RunId id = site.start(one, "long", "1");
        Member other = site.join(wrong);
        one.leave();
        site.disk.bury(one.node());
        site.pass(Duration.ofMinutes(2));
        assertThat(site.run(id).status().parked()).isNotNull();
        assertThat(other.engine().explain(Namespace.DEFAULT, id).code()).isEqualTo("mismatch");
        Member third = site.join();
        assertThat(third.engine().explain(Namespace.DEFAULT, id).code())
                .as("on a node that does not host the task, too")
                .isEqualTo("mismatch");
        assertThat(third.engine().unhosted()).as("no version fits").isEqualTo(1);
        Member fitting = site.join(old);
        assertThat(fitting.engine().unhosted()).isZero();
        site.assertEnded(id, Outcome.SUCCEEDED);
    }

    @Test
    void what_nobody_hosts_is_counted() {
        Member one = site.join(waits());
        for (int i = 0; i < SLOTS + 2; i++) site.start(one, "long", "1");
        Member other = site.join();
        assertThat(other.engine().unhosted()).as("they wait for a slot").isZero();
        one.leave();
        site.disk.bury(one.node());
        assertThat(other.engine().unhosted()).isGreaterThanOrEqualTo(2);
        site.pass(Duration.ofMinutes(1));
        assertThat(other.engine().unhosted()).isEqualTo(SLOTS + 2);
    }

    private Handler<Integer, Integer> deployed(String version, String first) {
        return LONG.version(version).handle((ctx, n) -> {
            ctx.step(first, Integer.class, s -> n);
            ctx.sleep(Duration.ofMinutes(1));
            return ctx.step("second", Integer.class, s -> {
                heard.add(version);
                return n;
            });
        });
    }

    @Test
    void what_comes_back_goes_on_with_the_newest_code_that_fits() {
        try (var looking = new Site(SLOTS, Duration.ofSeconds(1))) {
            Member one = looking.join(deployed("blue", "first"));
            List<RunId> several = IntStream.range(0, SLOTS)
                    .mapToObj(i -> looking.start(one, "long", "1"))
                    .toList();
            Member other = looking.join(deployed("green", "first"));
            looking.pass(Duration.ofSeconds(70));
            several.forEach(id -> looking.assertEnded(id, Outcome.SUCCEEDED));
            assertThat(heard).hasSize(SLOTS).containsOnly("green");
            heard.clear();
            other.leave();
            looking.disk.bury(other.node());
            // What does not fit the newest goes on where it fits.
            RunId next = looking.start(one, "long", "2");
            looking.join(deployed("red", "another"));
            looking.pass(Duration.ofSeconds(70));
            looking.assertEnded(next, Outcome.SUCCEEDED);
            assertThat(heard).containsExactly("blue");
        }
    }

    @Test
    void what_the_newest_node_held_goes_on_with_older_code_at_once_when_it_dies() {
        try (var looking = new Site(SLOTS, Duration.ofSeconds(30))) {
            Member one = looking.join(busy(looking, "blue"));
            Member other = looking.join(busy(looking, "green"));
            // So long until a node that leaves nothing to anybody looks who is there.
            looking.pass(Duration.ofSeconds(160));
            one.peers().suspend();
            RunId id = looking.start(other, "long", "2");
            looking.assertHeld(id, other);
            one.peers().resume();
            other.die();
            other.bury();
            looking.assertHeld(id, one);
        }
    }

    @Test
    void nobody_closes_its_door_for_a_suspect_that_it_leaves_to_newer_code() {
        try (var looking = new Site(SLOTS, Duration.ofSeconds(1))) {
            var old = busy(looking, "blue");
            Member one = looking.join(old);
            RunId id = looking.start(one, "long", "1");
            for (int losses = 1; losses < 3; losses++) {
                one.die();
                Member next = looking.join(old);
                one.bury();
                looking.pass(Duration.ofMinutes(1));
                looking.assertHeld(id, next);
                one = next;
            }
            one.die();
            Member last = looking.join(old);
            looking.start(last, "long", "2");
            Member newer = looking.join(busy(looking, "green"));
            newer.peers().suspend();
            one.bury();
            looking.pass(Duration.ofMinutes(2));
            assertThat(looking.run(id)).matches(run -> run.isSuspect() && run.state() == RunState.QUEUED);
            RunId other = looking.start(last, "long", "3");
            looking.assertHeld(other, last);
        }
    }

    private static Handler<Integer, Integer> busy(Site where, String version) {
        return LONG.version(version).handle((ctx, n) -> {
            where.turns.sleep(Duration.ofMinutes(60));
            return n;
        });
    }

    @Test
    void a_run_that_only_another_node_can_run_is_said_to_wait_for_that_one() {
        Member one = site.join(works());
        Member other = site.join();
        for (int i = 0; i < SLOTS; i++) site.start(one, "long", "1");
        RunId id = site.start(one, "long", "2");
        assertThat(one.engine().explain(Namespace.DEFAULT, id).code()).isEqualTo("no_slot");
        var why = other.engine().explain(Namespace.DEFAULT, id);
        assertThat(why.code()).isEqualTo("elsewhere");
        assertThat(why.sentence()).contains("Another one hosts task 'long'");
        one.bury();
        assertThat(other.engine().explain(Namespace.DEFAULT, id).code()).isEqualTo("no_code");
    }

    @Test
    void nodes_that_are_idle_share_what_comes() {
        Member one = site.join(works());
        Member two = site.join(works());
        Member three = site.join(works());
        two.peers().suspend();
        three.peers().suspend();
        for (int i = 0; i < 2 * SLOTS; i++) site.start(one, "long", "1");
        two.peers().resume();
        three.peers().resume();
        site.start(one, "long", "1");
        assertThat(one.engine().executing()).isEqualTo(SLOTS);
        assertThat(List.of(two.engine().executing(), three.engine().executing()))
                .as("a third of five, and of three")
                .containsExactlyInAnyOrder(2, 1);
        site.pass(Duration.ofSeconds(1));
        assertThat(List.of(two.engine().executing(), three.engine().executing()))
                .as("and what is left")
                .containsExactlyInAnyOrder(3, 2);
    }

    @Test
    void of_two_nodes_one_closes_its_door() {
        Member one = site.join();
        Member other = site.join();
        assertThat(one.peers().closeDoor()).isTrue();
        assertThat(one.peers().closeDoor()).isTrue();
        assertThat(other.peers().closeDoor()).isFalse();
        other.peers().openDoor();
        assertThat(other.peers().closeDoor()).isFalse();
        one.bury();
        assertThat(other.peers().closeDoor()).isTrue();
    }
}
