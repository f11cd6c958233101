package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static dev.holdfast.testkit.contract.Lab.STALE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Waiting;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What can be seen, by whom, and how much of it at once. */
interface ReadContract extends Contract {
    Namespace RED = new Namespace("red");
    Namespace BLUE = new Namespace("blue");

    private List<RunId> list(Namespace namespace, RunFilter filter, @Nullable RunId before, int limit) {
        return lab().reads().runs(namespace, filter, before, limit).stream()
                .map(Run::id)
                .toList();
    }

    @Test
    default void aPageShowsTheNewestFirst() {
        Lab lab = lab();
        var all = new ArrayList<RunId>();
        for (int i = 0; i < 7; i++) all.addFirst(lab.queued("t").id());
        assertThat(list(Namespace.DEFAULT, RunFilter.ALL, null, 3)).isEqualTo(all.subList(0, 3));
        assertThat(list(Namespace.DEFAULT, RunFilter.ALL, all.get(2), 3)).isEqualTo(all.subList(3, 6));
        assertThat(list(Namespace.DEFAULT, RunFilter.ALL, all.get(5), 3)).isEqualTo(all.subList(6, 7));
        assertThat(list(Namespace.DEFAULT, RunFilter.ALL, all.get(6), 3)).isEmpty();
    }

    @Test
    default void aPageShowsWhatTheFilterNames() {
        Lab lab = lab();
        Run a = lab.draft("a").tags("x", "y").start();
        Run b = lab.draft("b").tags("y").start();
        Run c = lab.draft("a").start();
        Run running = lab.claim("b", 1).getFirst().run();
        assertThat(running.id()).isEqualTo(b.id());
        var all = Namespace.DEFAULT;
        assertThat(list(all, new RunFilter(null, "a", null), null, 9)).containsExactly(c.id(), a.id());
        assertThat(list(all, new RunFilter(RunState.RUNNING, null, null), null, 9))
                .containsExactly(b.id());
        assertThat(list(all, new RunFilter(RunState.QUEUED, null, null), null, 9))
                .containsExactly(c.id(), a.id());
        assertThat(list(all, new RunFilter(RunState.FINISHED, null, null), null, 9))
                .isEmpty();
        assertThat(list(all, new RunFilter(null, null, "y"), null, 9)).containsExactly(b.id(), a.id());
        assertThat(list(all, new RunFilter(null, null, "y"), b.id(), 9)).containsExactly(a.id());
        assertThat(list(all, new RunFilter(null, null, "nothing"), null, 9)).isEmpty();
        assertThat(list(all, new RunFilter(RunState.QUEUED, "a", "x"), null, 9)).containsExactly(a.id());
        lab.apply(running, new Command.Succeed(lab.by(running)), Lab.output("1"));
        assertThat(list(all, new RunFilter(RunState.FINISHED, "b", "y"), null, 9))
                .containsExactly(b.id());
        assertThat(list(all, new RunFilter(RunState.RUNNING, null, null), null, 9))
                .isEmpty();
    }

    @Test
    default void theRunsOfALaneAreReadFromTheOldest() {
        Lab lab = lab();
        var lane = Lane.serial("thread:a");
        var all = new ArrayList<RunId>();
        for (int i = 0; i < 7; i++) all.add(lab.draft("t").lane(lane).start().id());
        Run first = lab.claim("t", 1).getFirst().run();
        assertThat(first.id()).isEqualTo(all.getFirst());
        assertThat(lane(null, 3)).isEqualTo(all.subList(0, 3));
        assertThat(lane(all.get(2), 3)).isEqualTo(all.subList(3, 6));
        assertThat(lane(all.get(5), 3)).isEqualTo(all.subList(6, 7));
        assertThat(lane(all.get(6), 3)).isEmpty();
        lab.draft("t").lane(Lane.serial("thread:b")).start();
        lab.draft("t").queue("other").lane(lane).start();
        lab.draft("t").in("red").lane(lane).start();
        lab.draft("t").start();
        lab.apply(first, new Command.Succeed(lab.by(first)), Lab.output("1"));
        assertThat(lab.reads().live(Namespace.DEFAULT, Defaults.QUEUE, lane.name()))
                .extracting(Run::id)
                .isEqualTo(all.subList(1, 7));
        var said = lab.reads().payloads(List.of(all.get(0), all.get(1), RunId.of(lab.ids.next())));
        assertThat(said)
                .containsOnly(
                        Map.entry(all.get(0), new Reads.Payloads("{}", "1", null)),
                        Map.entry(all.get(1), new Reads.Payloads("{}", null, null)));
        assertThat(lab.reads().payloads(List.of())).isEmpty();
    }

    private List<RunId> lane(@Nullable RunId after, int limit) {
        return lab().reads().lane(Namespace.DEFAULT, Defaults.QUEUE, "thread:a", after, limit).stream()
                .map(Run::id)
                .toList();
    }

    @Test
    default void theStepsOfSeveralRunsAreEachItsOwn() {
        Lab lab = lab();
        var runs = new ArrayList<RunId>();
        for (int i = 1; i <= 5; i++) {
            Run run = lab.running("t");
            // Their order is not that of their texts.
            for (int step = 10 + i; step > 10 - i; step--)
                lab.ledger().commit(lab.held(run, Lab.done(step, "\"" + run.id() + "\"")));
            runs.add(run.id());
        }
        RunId idle = lab.running("t").id();
        runs.add(idle);
        for (int most = 1; most <= runs.size(); most++) {
            List<RunId> some = runs.subList(0, most);
            var steps = lab.reads().steps(some);
            for (RunId run : some) {
                int each = run.equals(idle) ? 0 : runs.indexOf(run) + 1;
                var own = steps.getOrDefault(run, List.of());
                assertThat(own)
                        .as("%s of %s", run, most)
                        .extracting(step -> step.key().number())
                        .containsExactlyElementsOf(
                                IntStream.range(11 - each, 11 + each).boxed().toList());
                assertThat(own).allMatch(step -> ("\"" + run + "\"").equals(step.result()));
                assertThat(lab.reads().steps(run)).isEqualTo(own);
            }
        }
        assertThat(lab.reads().steps(List.of())).isEmpty();
    }

    @Test
    default void whatBelongsToOneNamespaceIsInvisibleToAnother() {
        Lab lab = lab();
        Run red = lab.draft("t").in("red").tags("x").start();
        Run blue = lab.draft("t").in("blue").tags("x").start();
        for (var filter : List.of(
                RunFilter.ALL,
                new RunFilter(null, "t", null),
                new RunFilter(null, null, "x"),
                new RunFilter(RunState.QUEUED, null, null))) {
            assertThat(list(RED, filter, null, 9)).as("%s", filter).containsExactly(red.id());
            assertThat(list(BLUE, filter, null, 9)).as("%s", filter).containsExactly(blue.id());
            assertThat(list(BLUE, filter, red.id(), 9)).as("%s", filter).isEmpty();
        }
        assertThat(lab.reads().run(RED, red.id())).isPresent();
        assertThat(lab.reads().run(BLUE, red.id())).isEmpty();
        assertThat(lab.reads().view(RED, red.id())).isPresent();
        assertThat(lab.reads().view(BLUE, red.id())).isEmpty();
        assertThat(lab.reads().snapshots(RED, red.id(), 0)).isPresent();
        assertThat(lab.reads().snapshots(BLUE, red.id(), 0)).isEmpty();
    }

    @Test
    default void snapshotsAreReadSinceACursor() {
        Lab lab = lab();
        Run run = lab.succeeded("t");
        var all = lab.reads().snapshots(Namespace.DEFAULT, run.id(), 0).orElseThrow();
        assertThat(all.seq()).isEqualTo(3);
        assertThat(lab.reads().progress(run.id())).contains(new Reads.Progress(2, 3, true));
        assertThat(all.snapshots()).extracting(Snapshot::seq).containsExactly(1L, 2L, 3L);
        assertThat(all.omitted()).isZero();
        assertThat(all.floor()).isEqualTo(1);
        var some = lab.reads().snapshots(Namespace.DEFAULT, run.id(), 2).orElseThrow();
        assertThat(some.snapshots()).extracting(Snapshot::seq).containsExactly(3L);
        var none = lab.reads().snapshots(Namespace.DEFAULT, run.id(), 3).orElseThrow();
        assertThat(none.seq()).isEqualTo(3);
        assertThat(none.snapshots()).isEmpty();
        assertThat(lab.reads().snapshots(Namespace.DEFAULT, run.id(), 4)).isEmpty();
        assertThat(lab.reads().snapshots(Namespace.DEFAULT, run.id(), 2, 9))
                .as("who was told of more than there is")
                .contains(some);
        assertThat(lab.reads().snapshots(Namespace.DEFAULT, RunId.of(lab.ids.next()), 0))
                .isEmpty();
    }

    @Test
    default void theNewestFiftySnapshotsAreShownAndTheOthersCounted() {
        Lab lab = lab();
        Run run = lab.running("t");
        for (int i = 0; i < 150; i++) {
            run = lab.apply(run, new Command.Block(lab.by(run), Waiting.on(StepKey.of(1)), null));
            run = lab.apply(run, new Command.Unblock());
        }
        assertThat(run.fence().seq()).isEqualTo(302);
        var window = lab.reads().snapshots(Namespace.DEFAULT, run.id(), 200).orElseThrow();
        assertThat(window.seq()).isEqualTo(302);
        assertThat(window.snapshots()).hasSize(50);
        assertThat(window.snapshots().getFirst().seq()).isEqualTo(253);
        assertThat(window.snapshots().getLast().seq()).isEqualTo(302);
        assertThat(window.omitted()).isEqualTo(52);
        var view = lab.reads().view(Namespace.DEFAULT, run.id()).orElseThrow();
        assertThat(view.snapshots()).hasSize(200);
        assertThat(view.snapshots().getFirst().seq()).isEqualTo(103);
        assertThat(view.snapshots().getLast().seq()).isEqualTo(302);
    }

    @Test
    default void theErrorIsShownUntilTheRunSucceeds() {
        Lab lab = lab();
        var error = RunError.of(new RuntimeException("once"));
        Run run = lab.running("t");
        lab.apply(
                run,
                new Command.Fail(lab.by(run), error, 0.5),
                new Write.Payload(Write.Payload.Kind.ERROR, ErrorJson.write(error)));
        assertThat(lab.reads().view(Namespace.DEFAULT, run.id()).orElseThrow().error())
                .isEqualTo(error);
        lab.clock.pass(java.time.Duration.ofMinutes(1));
        lab.ledger().tick(lab.node(), 9);
        Run again = lab.claim("t", 1).getFirst().run();
        lab.apply(again, new Command.Succeed(lab.by(again)), Lab.output("1"));
        assertThat(lab.reads().view(Namespace.DEFAULT, run.id()).orElseThrow().error())
                .isNull();
    }

    @Test
    default void removingARunLeavesNothingOfIt() {
        Lab lab = lab();
        lab.draft("t").key("k").tags("x").start();
        Run run = lab.claim("t", 1).getFirst().run();
        Run other = lab.running("t");
        for (Run each : List.of(run, other)) {
            lab.ledger().commit(lab.held(each, Lab.done(1, "1"), Lab.done(2, "2")));
            lab.ledger().commit(lab.held(each, new Write.ToHistory(1, List.of(StepKey.of(2)))));
            lab.ledger().commit(lab.post(each.id(), Message.cancel(lab.ids.next())));
            lab.stream()
                    .append(List.of(new StreamLog.Append(
                            each.id(),
                            lab.by(each),
                            StreamLog.Place.opening(0),
                            List.of(new Item.Chunk(Source.between(3), "1")))));
        }
        String ofTheOther = lab.everythingOf(other.id());
        Change start = lab.draft("t").id(run.id()).change();
        Run finished = lab.apply(
                run, new Command.Succeed(lab.by(run)), Lab.output("1"), new Write.End(new StreamEnd(1L, List.of())));
        assertThat(lab.ledger().commit(lab.held(finished, new Write.Remove()))).isEqualTo(APPLIED);

        for (int boot = 0; boot < 2; boot++) {
            assertThat(lab.reads().run(run.id())).isEmpty();
            assertThat(lab.reads().view(Namespace.DEFAULT, run.id())).isEmpty();
            assertThat(lab.reads().snapshots(Namespace.DEFAULT, run.id(), 0)).isEmpty();
            assertThat(lab.reads().steps(run.id())).isEmpty();
            assertThat(lab.reads().inbox(run.id())).isEmpty();
            assertThat(lab.stream().read(run.id(), 0, 10).entries()).isEmpty();
            assertThat(lab.stream().outline(run.id())).isEmpty();
            assertThat(lab.stream().head(run.id())).isZero();
            assertThat(list(Namespace.DEFAULT, RunFilter.ALL, null, 9)).containsExactly(other.id());
            assertThat(list(Namespace.DEFAULT, new RunFilter(null, null, "x"), null, 9))
                    .isEmpty();
            assertThat(lab.everythingOf(other.id())).isEqualTo(ofTheOther);
            lab.reboot();
        }
        assertThat(lab.ledger().commit(start)).as("an id is never used again").isEqualTo(STALE);
        assertThat(lab.ledger().commit(lab.held(finished, new Write.Remove()))).isEqualTo(STALE);
    }
}
