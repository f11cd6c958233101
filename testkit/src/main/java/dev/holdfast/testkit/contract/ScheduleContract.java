package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Missed;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.ScheduleChange;
import dev.holdfast.engine.port.StoredSchedule;
import dev.holdfast.engine.port.StoredSchedule.Definition;
import dev.holdfast.engine.port.StoredSchedule.Standing;
import dev.holdfast.engine.port.Upcoming;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A firing is written with the schedule's next one, if nobody was quicker, or not at all. */
interface ScheduleContract extends Contract {
    Instant THREE = Instant.parse("2026-01-01T03:00:00Z");
    Instant FOUR = Instant.parse("2026-01-01T04:00:00Z");
    Instant FIVE = Instant.parse("2026-01-01T05:00:00Z");

    private StoredSchedule schedule(String name, @Nullable Instant next) {
        return schedule(Namespace.DEFAULT, name, "t", next);
    }

    private StoredSchedule schedule(Namespace namespace, String name, String task, @Nullable Instant next) {
        var definition = new Definition(
                "0 * * * *", "Europe/Berlin", Missed.ALL, task, "{\"a\":\"é\"}", "lane", Duration.ofMinutes(5));
        return new StoredSchedule(
                namespace, name, definition, new Standing(lab().ids.next(), next == null, next, null, null));
    }

    private static ScheduleChange change(
            StoredSchedule of, StoredSchedule.@Nullable Seen seen, @Nullable StoredSchedule next) {
        return new ScheduleChange(of.namespace(), of.name(), seen, next, null);
    }

    private Receipt put(StoredSchedule schedule, StoredSchedule.@Nullable Seen seen) {
        return lab().ledger().change(change(schedule, seen, schedule));
    }

    private StoredSchedule stored(String name, @Nullable Instant next) {
        StoredSchedule schedule = schedule(name, next);
        assertThat(put(schedule, null)).isEqualTo(Lab.APPLIED);
        return schedule;
    }

    private @Nullable StoredSchedule read(String name) {
        return lab().reads().schedule(Namespace.DEFAULT, name).orElse(null);
    }

    /** The change of a firing. */
    private Change firing(StoredSchedule read, Instant next) {
        Change start = lab().draft("t").change();
        Instant at = Objects.requireNonNull(read.standing().next());
        var writes = new ArrayList<>(start.writes());
        writes.add(new Write.Fire(change(read, read.seen(), read.fired(at, start.run(), next))));
        return new Change(start.id(), start.run(), start.expect(), null, writes);
    }

    private long runs() {
        return lab().reads().runs(Namespace.DEFAULT, RunFilter.ALL, null, 999).size();
    }

    @Test
    default void aScheduleIsReadAsItWasWrittenAlsoAfterABoot() {
        StoredSchedule one = stored("a", THREE);
        var plain = new Definition("* * * * *", "UTC", Missed.SKIP, "t", "null", null, null);
        var two = new StoredSchedule(
                Namespace.DEFAULT, "b", plain, new Standing(lab().ids.next(), true, null, null, null));
        assertThat(put(two, null)).isEqualTo(Lab.APPLIED);
        lab().reboot();
        assertThat(read("a")).isEqualTo(one);
        assertThat(read("b")).isEqualTo(two);
        assertThat(lab().reads().schedules(Namespace.DEFAULT, null, 9)).containsExactly(one, two);
        assertThat(lab().reads().schedules(Namespace.DEFAULT, null, 1)).containsExactly(one);
        assertThat(lab().reads().schedules(Namespace.DEFAULT, "a", 9)).containsExactly(two);
    }

    @Test
    default void aFiringWritesTheRunAndTheNextOneTogether() {
        StoredSchedule read = stored("a", THREE);
        Change firing = firing(read, FOUR);
        assertThat(lab().ledger().commit(firing)).isEqualTo(Lab.APPLIED);
        assertThat(read("a")).isEqualTo(read.fired(THREE, firing.run(), FOUR));
        assertThat(lab().read(firing.run())).isEqualTo(Lab.row(firing));
        assertThat(lab().claim("t", 9)).hasSize(1);
    }

    @Test
    default void whoComesSecondFiresNothing() {
        StoredSchedule read = stored("a", THREE);
        assertThat(lab().ledger().commit(firing(read, FOUR))).isEqualTo(Lab.APPLIED);
        Change again = firing(read, FOUR);
        assertThat(lab().ledger().commit(again)).isEqualTo(Lab.STALE);
        assertThat(lab().reads().run(again.run())).isEmpty();
        assertThat(runs()).isEqualTo(1);
        // Also in one batch.
        StoredSchedule next = Objects.requireNonNull(read("a"));
        assertThat(lab().ledger().commit(List.of(firing(next, FIVE), firing(next, FIVE))))
                .containsExactly(Lab.APPLIED, Lab.STALE);
        assertThat(runs()).isEqualTo(2);
    }

    @Test
    default void firingsFollowOneAnotherInOneBatch() {
        StoredSchedule read = stored("a", THREE);
        Change first = firing(read, FOUR);
        Change second = firing(read.fired(THREE, first.run(), FOUR), FIVE);
        assertThat(lab().ledger().commit(List.of(first, second))).containsExactly(Lab.APPLIED, Lab.APPLIED);
        assertThat(read("a")).isEqualTo(read.fired(FOUR, second.run(), FIVE));
    }

    @Test
    default void aLookTellsWhenTheFirstOfThemFires() {
        stored("b", FOUR);
        stored("c", null);
        stored("a", THREE);
        assertThat(lab().ledger().tick(lab().node(), 9).firing()).isEqualTo(THREE);
    }

    @Test
    default void anOldDefinitionFiresNoMore() {
        StoredSchedule old = stored("a", THREE);
        StoredSchedule changed = schedule("a", THREE);
        assertThat(put(changed, old.seen())).isEqualTo(Lab.APPLIED);
        assertThat(lab().ledger().commit(firing(old, FOUR))).isEqualTo(Lab.STALE);
        StoredSchedule paused = schedule("a", null);
        assertThat(put(paused, changed.seen())).isEqualTo(Lab.APPLIED);
        assertThat(lab().ledger().commit(firing(changed, FOUR))).isEqualTo(Lab.STALE);
        assertThat(lab().ledger().change(change(paused, paused.seen(), null))).isEqualTo(Lab.APPLIED);
        assertThat(lab().ledger().commit(firing(changed, FOUR))).isEqualTo(Lab.STALE);
        assertThat(read("a")).isNull();
        assertThat(runs()).isZero();
    }

    @Test
    default void aChangeThatDoesNotKnowOfAFiringIsStale() {
        StoredSchedule read = stored("a", THREE);
        assertThat(lab().ledger().commit(firing(read, FOUR))).isEqualTo(Lab.APPLIED);
        assertThat(put(schedule("a", THREE), read.seen())).isEqualTo(Lab.STALE);
        assertThat(put(schedule("a", THREE), null)).as("it is there").isEqualTo(Lab.STALE);
        assertThat(lab().ledger().change(change(read, read.seen(), null))).isEqualTo(Lab.STALE);
        assertThat(put(schedule("b", THREE), read.seen())).as("it is not there").isEqualTo(Lab.STALE);
        assertThat(read("a")).isNotNull();
    }

    @Test
    default void aFiringThatCannotBeWrittenLeavesTheScheduleAsItWas() {
        StoredSchedule read = stored("a", THREE);
        Change firing = firing(read, FOUR);
        assertThat(lab().ledger().commit(firing)).isEqualTo(Lab.APPLIED);
        StoredSchedule after = Objects.requireNonNull(read("a"));
        Change sameRun = new Change(
                lab().ids.next(),
                firing.run(),
                new Expect.Absent(),
                null,
                firing.writes().stream()
                        .map(w -> w instanceof Write.Fire
                                ? new Write.Fire(change(after, after.seen(), after.fired(FOUR, firing.run(), FIVE)))
                                : w)
                        .toList());
        assertThat(lab().ledger().commit(sameRun)).isEqualTo(Lab.STALE);
        assertThat(read("a")).isEqualTo(after);
    }

    @Test
    default void onlyANewRunIsStartedByASchedule() {
        StoredSchedule read = stored("a", THREE);
        Run running = lab().running("t");
        var fire = new Write.Fire(change(read, read.seen(), read.fired(THREE, running.id(), FOUR)));
        Change change = lab().change(running, new Command.Succeed(lab().by(running)), fire);
        assertThat(Lab.code(lab().ledger().commit(change))).isEqualTo("change_invalid");
    }

    @Test
    default void whatIsToFireIsFoundInItsOrder() {
        stored("b", FOUR);
        stored("c", FOUR);
        stored("a", FIVE);
        stored("d", THREE);
        stored("paused", null);
        put(schedule(Namespace.DEFAULT, "other", "u", THREE), null);
        var d = new Upcoming(THREE, Namespace.DEFAULT, "d");
        var b = new Upcoming(FOUR, Namespace.DEFAULT, "b");
        var c = new Upcoming(FOUR, Namespace.DEFAULT, "c");
        var a = new Upcoming(FIVE, Namespace.DEFAULT, "a");
        assertThat(lab().reads().upcoming(List.of("t", "x"), null, 9)).containsExactly(d, b, c, a);
        assertThat(lab().reads().upcoming(List.of("t"), null, 2)).containsExactly(d, b);
        assertThat(lab().reads().upcoming(List.of("t"), b, 9)).containsExactly(c, a);
        assertThat(lab().reads().upcoming(List.of(), null, 9)).isEmpty();
    }

    @Test
    default void namespacesHaveSchedulesOfTheirOwn() {
        var other = new Namespace("other");
        StoredSchedule ours = stored("a", THREE);
        StoredSchedule theirs = schedule(other, "a", "t", FOUR);
        assertThat(put(theirs, null)).isEqualTo(Lab.APPLIED);
        assertThat(lab().reads().schedules(other, null, 9)).containsExactly(theirs);
        assertThat(lab().ledger().change(change(theirs, theirs.seen(), null))).isEqualTo(Lab.APPLIED);
        assertThat(read("a")).isEqualTo(ours);
        assertThat(lab().reads().schedules(other, null, 9)).isEmpty();
    }

    @Test
    default void aRepeatedChangeOfAScheduleIsCarriedOutOnce() {
        StoredSchedule one = schedule("a", THREE);
        var request = new Request(Namespace.DEFAULT, "r", "put", "done");
        var put = new ScheduleChange(Namespace.DEFAULT, "a", null, one, request);
        assertThat(lab().ledger().change(put)).isEqualTo(Lab.APPLIED);
        assertThat(lab().ledger().change(change(one, one.seen(), null))).isEqualTo(Lab.APPLIED);
        assertThat(lab().ledger().change(put)).isEqualTo(new Receipt.Repeated("done"));
        assertThat(read("a")).isNull();
        var reused = new Request(Namespace.DEFAULT, "r", "else", "done");
        assertThat(Lab.code(lab().ledger().change(new ScheduleChange(Namespace.DEFAULT, "a", null, one, reused))))
                .isEqualTo("request_id_reused");
        // What is stale has no answer.
        var stale = new Request(Namespace.DEFAULT, "s", "put", "done");
        assertThat(lab().ledger().change(new ScheduleChange(Namespace.DEFAULT, "a", one.seen(), one, stale)))
                .isEqualTo(Lab.STALE);
        assertThat(lab().ledger().change(new ScheduleChange(Namespace.DEFAULT, "a", null, one, stale)))
                .isEqualTo(Lab.APPLIED);
    }

    @Test
    default void ofManyWhoFireAtOnceOneDoes() throws Exception {
        StoredSchedule read = stored("a", THREE);
        var firings = new ArrayList<Change>();
        for (int i = 0; i < 16; i++) firings.add(firing(read, FOUR));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Receipt>>();
            for (Change firing : firings)
                answers.add(threads.submit(() -> lab().ledger().commit(firing)));
            int applied = 0;
            for (var answer : answers) if (answer.get().equals(Lab.APPLIED)) applied++;
            assertThat(applied).isEqualTo(1);
        }
        assertThat(runs()).isEqualTo(1);
    }
}
