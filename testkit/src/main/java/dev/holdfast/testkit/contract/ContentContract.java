package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static dev.holdfast.testkit.contract.Lab.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written comes back as it was; a change is all or nothing; what is recorded stands. */
interface ContentContract extends Contract {

    @Test
    default void everyFieldIsKept() {
        Lab lab = lab();
        Seeds.each(30, seed -> {
            var samples = new Samples(new Random(seed));
            Run run = samples.run(RunId.of(lab.ids.next()));
            Snapshot snapshot = samples.snapshot(run);
            var steps = samples.steps();
            var error = samples.error();
            var writes = new ArrayList<Write>();
            writes.add(new Write.Row(run));
            writes.add(new Write.Snap(snapshot));
            writes.add(new Write.Payload(Write.Payload.Kind.INPUT, "{\"a\":\"ä😀\"}"));
            writes.add(new Write.Payload(Write.Payload.Kind.ERROR, ErrorJson.write(error)));
            steps.forEach(s -> writes.add(new Write.Step(s)));
            var end = new StreamEnd(
                    (seed & 1) == 0 ? null : 7L,
                    List.of(Source.step(StepKey.of(3), 2), Source.between(4), new Source(StepKey.marker("a\nb/c"), 1)));
            writes.add(new Write.End(end));
            var change = new Change(lab.ids.next(), run.id(), new Expect.Absent(), null, writes);
            assertThat(lab.ledger().commit(change)).isEqualTo(APPLIED);

            var view = lab.reads().view(run.origin().namespace(), run.id()).orElseThrow();
            assertThat(view.run()).isEqualTo(run);
            assertThat(lab.reads().run(run.id())).contains(run);
            assertThat(view.snapshots()).containsExactly(snapshot);
            assertThat(view.input()).isEqualTo("{\"a\":\"ä😀\"}");
            assertThat(view.end()).isEqualTo(end);
            assertThat(view.error())
                    .isEqualTo(run.status().outcome() == dev.holdfast.core.Outcome.SUCCEEDED ? null : error);
            assertThat(view.steps())
                    .isEqualTo(steps.stream()
                            .sorted((a, b) -> a.key().compareTo(b.key()))
                            .toList());
            assertThat(lab.reads().steps(run.id())).isEqualTo(view.steps());

            // Everything but origin and policy changes.
            Run next = samples.next(run);
            Snapshot second = samples.snapshot(next);
            var update = new Change(
                    second.change(),
                    run.id(),
                    Lab.expect(run),
                    null,
                    List.of(new Write.Row(next), new Write.Snap(second)));
            assertThat(lab.ledger().commit(update)).isEqualTo(APPLIED);
            assertThat(lab.reads().run(run.id())).contains(next);
            assertThat(lab.reads()
                            .view(run.origin().namespace(), run.id())
                            .orElseThrow()
                            .snapshots())
                    .containsExactly(snapshot, second);
        });
    }

    @Test
    default void aWholeLifeIsThereAfterABoot() {
        Lab lab = lab();
        Run queued = lab.draft("t").input("{\"n\":1}").start();
        var claimed = lab.claim("t", 1).getFirst();
        assertThat(claimed.input()).isEqualTo("{\"n\":1}");
        assertThat(lab.ledger().reads().hasSteps(claimed.run().id())).isFalse();
        assertThat(lab.ledger().commit(lab.held(claimed.run(), Lab.done(1, "10"))))
                .isEqualTo(APPLIED);
        var end = new StreamEnd(3L, List.of());
        Run finished = lab.apply(
                claimed.run(), new Command.Succeed(lab.by(claimed.run())), Lab.output("\"out\""), new Write.End(end));
        String before = lab.everythingOf(queued.id());

        lab.reboot();
        assertThat(lab.everythingOf(queued.id())).isEqualTo(before);
        var view = lab.reads().view(queued.origin().namespace(), queued.id()).orElseThrow();
        assertThat(view.run()).isEqualTo(finished);
        assertThat(view.output()).isEqualTo("\"out\"");
        assertThat(view.error()).isNull();
        assertThat(view.end()).isEqualTo(end);
        assertThat(view.snapshots()).extracting(Snapshot::seq).containsExactly(1L, 2L, 3L);
        assertThat(view.steps()).containsExactly(StepRecord.done(StepKey.of(1), "step 1", 1, 1, "10"));
    }

    @Test
    default void aChangeThatCannotBeWrittenLeavesNothing() {
        Lab lab = lab();
        Run run = lab.running("t");
        lab.ledger().commit(lab.held(run, Lab.done(1, "1")));
        String before = lab.everythingOf(run.id());
        Change bad = lab.change(
                run,
                new Command.Succeed(lab.by(run)),
                Lab.output("2"),
                new Write.Post(run.id(), Message.cancel(lab.ids.next())),
                new Write.End(new StreamEnd(1L, List.of())),
                Lab.done(2, "2"),
                Lab.done(1, "again"));
        assertThat(code(lab.ledger().commit(bad))).isEqualTo("step_recorded");
        assertThat(lab.everythingOf(run.id())).isEqualTo(before);
        lab.reboot();
        assertThat(lab.everythingOf(run.id())).isEqualTo(before);
    }

    @Test
    default void snapshotsHaveNoGapAndNoRepetition() {
        Lab lab = lab();
        Run run = lab.running("t");
        Change good = lab.change(run, new Command.Succeed(lab.by(run)), Lab.output("1"));
        Run next = Lab.row(good);
        String before = lab.everythingOf(run.id());
        for (long seq : List.of(run.fence().seq(), run.fence().seq() + 2)) {
            var fence = new dev.holdfast.core.Fence(next.fence().epoch(), null, seq);
            var row = new Run(
                    next.id(),
                    next.origin(),
                    next.policy(),
                    next.place(),
                    next.status(),
                    fence,
                    next.tries(),
                    next.times());
            var snap = Snapshot.of(row, "gap", Instant.EPOCH, good.id());
            assertThat(code(lab.ledger()
                            .commit(lab.held(run, new Write.Row(row), new Write.Snap(snap), Lab.output("1")))))
                    .as("a snapshot at %s after %s", seq, run.fence().seq())
                    .isEqualTo("snapshot_gap");
        }
        var snap = Snapshot.of(next, "x", Instant.EPOCH, good.id());
        var other = new Snapshot(
                snap.seq() + 1, snap.state(), snap.outcome(), snap.epoch(), 1, snap.at(), "other seq", good.id());
        assertThat(code(lab.ledger().commit(lab.held(run, new Write.Row(next), new Write.Snap(other)))))
                .isEqualTo("snapshot_gap");
        assertThat(code(lab.ledger().commit(lab.held(run, new Write.Row(next)))))
                .isEqualTo("snapshot_gap");
        assertThat(code(lab.ledger().commit(lab.held(run, new Write.Snap(snap)))))
                .isEqualTo("snapshot_gap");
        assertThat(lab.everythingOf(run.id())).isEqualTo(before);
        assertThat(lab.ledger().commit(good)).isEqualTo(APPLIED);
    }

    @Test
    default void aRowMayChangeWithoutASnapshot() {
        Lab lab = lab();
        Run run = lab.running("t");
        var tries = new Run.Tries(1, 2, 1);
        var row = new Run(
                run.id(), run.origin(), run.policy(), run.place(), run.status(), run.fence(), tries, run.times());
        assertThat(lab.ledger().commit(lab.held(run, new Write.Row(row)))).isEqualTo(APPLIED);
        assertThat(lab.read(run.id())).isEqualTo(row);
    }

    @Test
    default void severalSnapshotsMayComeWithOneChange() {
        Lab lab = lab();
        Run run = lab.running("t");
        Run stopping = Lab.row(lab.change(run, new Command.Cancel(true)));
        Change stopped = lab.change(stopping, new Expect.Held(lab.by(run)), new Command.Stopped(lab.by(run), true));
        var writes = new ArrayList<>(stopped.writes());
        writes.add(new Write.Snap(Snapshot.of(stopping, "cancel", Instant.EPOCH, stopped.id())));
        var both = new Change(stopped.id(), run.id(), stopped.expect(), null, writes);
        var receipt = lab.ledger().commit(both);
        // Their order in the change is the caller's: the first one is first.
        assertThat(code(receipt)).isEqualTo("snapshot_gap");
        var ordered = new ArrayList<Write>();
        ordered.add(writes.getLast());
        ordered.addAll(stopped.writes());
        assertThat(lab.ledger().commit(new Change(stopped.id(), run.id(), stopped.expect(), null, ordered)))
                .isEqualTo(APPLIED);
        assertThat(lab.reads()
                        .snapshots(run.origin().namespace(), run.id(), 0)
                        .orElseThrow()
                        .snapshots())
                .extracting(Snapshot::seq)
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    default void aStepIsRecordedOnce() {
        Lab lab = lab();
        Run run = lab.running("t");
        assertThat(lab.ledger().commit(lab.held(run, Lab.done(1, "\"first\"")))).isEqualTo(APPLIED);
        assertThat(code(lab.ledger().commit(lab.held(run, Lab.done(1, "\"second\"")))))
                .isEqualTo("step_recorded");
        assertThat(lab.reads().steps(run.id()))
                .containsExactly(StepRecord.done(StepKey.of(1), "step 1", 1, 1, "\"first\""));
    }

    @Test
    default void aPendingStepIsReplacedUntilItIsFinal() {
        Lab lab = lab();
        Run run = lab.running("t");
        var key = StepKey.of(1);
        var error = RunError.ours("x", "once");
        var first = StepRecord.pending(key, "s", 1, 1, error, Instant.ofEpochMilli(5));
        var second = StepRecord.pending(key, "s", 1, 2, error, Instant.ofEpochMilli(9));
        var last = StepRecord.failed(key, "s", 1, 3, error);
        for (var step : List.of(first, second, last)) {
            assertThat(lab.ledger().commit(lab.held(run, new Write.Step(step)))).isEqualTo(APPLIED);
            assertThat(lab.reads().steps(run.id())).containsExactly(step);
        }
        assertThat(code(lab.ledger().commit(lab.held(run, new Write.Step(first)))))
                .isEqualTo("step_recorded");
    }

    @Test
    default void thereIsALimitOfSteps() {
        Lab lab = lab();
        Run run = lab.running("t");
        var all = new ArrayList<Write>();
        for (int i = 1; i <= Defaults.STEPS_PER_RUN; i++) all.add(Lab.done(i, "1"));
        assertThat(lab.ledger().commit(lab.held(run, all.toArray(Write[]::new))))
                .isEqualTo(APPLIED);
        assertThat(code(lab.ledger().commit(lab.held(run, Lab.done(Defaults.STEPS_PER_RUN + 1, "1")))))
                .isEqualTo("too_many_steps");
        assertThat(code(lab.ledger().commit(lab.held(run, Lab.done(1, "1"))))).isEqualTo("step_recorded");
        lab.reboot();
        assertThat(lab.reads().steps(run.id())).hasSize(Defaults.STEPS_PER_RUN);
        assertThat(code(lab.ledger().commit(lab.held(run, Lab.done(Defaults.STEPS_PER_RUN + 1, "1")))))
                .isEqualTo("too_many_steps");
        // Room comes back when steps move to the history.
        var move = new Write.ToHistory(1, List.of(StepKey.of(1), StepKey.of(2)));
        assertThat(lab.ledger().commit(lab.held(run, move))).isEqualTo(APPLIED);
        assertThat(lab.ledger().commit(lab.held(run, Lab.done(1, "2")))).isEqualTo(APPLIED);
    }

    @Test
    default void whatMovesToTheHistoryIsNotReplayed() {
        Lab lab = lab();
        Run run = lab.running("t");
        lab.ledger().commit(lab.held(run, Lab.done(1, "1"), Lab.done(2, "2"), Lab.done(3, "3")));
        Run again = lab.apply(
                run,
                new Command.Fail(lab.by(run), RunError.of(new RuntimeException("x")), 0.5),
                Lab.done(4, "4"),
                new Write.ToHistory(1, List.of(StepKey.of(2), StepKey.of(4), StepKey.of(99))));
        assertThat(lab.reads().steps(run.id()))
                .extracting(s -> s.key().number())
                .containsExactly(1, 3);
        lab.clock.pass(java.time.Duration.ofMinutes(1));
        lab.ledger().tick(lab.node(), 10);
        var claimed = lab.claim("t", 1).getFirst();
        assertThat(claimed.run().fence().epoch()).isGreaterThan(again.fence().epoch());
        assertThat(lab.ledger().reads().steps(claimed.run().id()))
                .extracting(s -> s.key().number())
                .containsExactly(1, 3);
        assertThat(lab.ledger().commit(lab.held(claimed.run(), Lab.done(2, "new"))))
                .isEqualTo(APPLIED);
    }

    @Test
    default void payloadsAreWrittenOnceButErrorsAreReplaced() {
        Lab lab = lab();
        Run run = lab.running("t");
        var kind = Write.Payload.Kind.ERROR;
        var first = RunError.ours("a", "first");
        var second = RunError.ours("b", "second");
        lab.ledger().commit(lab.held(run, new Write.Payload(kind, ErrorJson.write(first))));
        lab.ledger().commit(lab.held(run, new Write.Payload(kind, ErrorJson.write(second))));
        var view = lab.reads().view(run.origin().namespace(), run.id()).orElseThrow();
        assertThat(view.error()).isEqualTo(second);
        var input = new Write.Payload(Write.Payload.Kind.INPUT, "2");
        assertThat(code(lab.ledger().commit(lab.held(run, input)))).isEqualTo("payload_written");
        assertThat(lab.ledger().commit(lab.held(run, Lab.output("1")))).isEqualTo(APPLIED);
        assertThat(code(lab.ledger().commit(lab.held(run, Lab.output("2"))))).isEqualTo("payload_written");
        assertThat(lab.reads()
                        .view(run.origin().namespace(), run.id())
                        .orElseThrow()
                        .output())
                .isEqualTo("1");
    }

    @Test
    default void textWithANulCharacterIsRefused() {
        Lab lab = lab();
        Run run = lab.running("t");
        var nul = "a\0b";
        var bad = List.of(
                lab.draft("t").input(nul).change(),
                lab.draft(nul).change(),
                lab.draft("t").key(nul).change(),
                lab.draft("t").tags("ok", nul).change(),
                lab.draft("t").request(nul).change(),
                lab.draft("t").request("r").fingerprint(nul).change(),
                lab.held(run, Lab.done(1, nul)),
                lab.held(run, new Write.Step(StepRecord.done(StepKey.of(1), nul, 1, 1, "1"))),
                lab.held(run, new Write.Step(StepRecord.done(StepKey.marker(nul), "s", 1, 1, "1"))),
                lab.held(run, Lab.output(nul)),
                lab.post(run.id(), new Message(lab.ids.next(), Message.Kind.SIGNAL, nul, "1")),
                lab.post(run.id(), new Message(lab.ids.next(), Message.Kind.SIGNAL, "n", nul)));
        for (Change change : bad) {
            assertThat(code(lab.ledger().commit(change))).as("%s", change).isEqualTo("nul_character");
        }
    }

    @Test
    default void whoDoesNotHoldTheRunMayOnlyPost() {
        Lab lab = lab();
        Run run = lab.running("t");
        var change = new Change(lab.ids.next(), run.id(), new Expect.Alive(), null, List.of(Lab.output("1")));
        assertThat(code(lab.ledger().commit(change))).isEqualTo("change_invalid");
    }
}
