package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.TestStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link dev.holdfast.engine.port.StreamLog} must do. A stream log's own test extends this and says how it is
 * opened, with the ledger that it belongs to.
 */
public abstract class StreamContract {
    private static final Appended LOST = new Appended.Lost();

    private @Nullable Lab opened;

    /** Boots. A second call in one test comes after the first store was closed, and boots again on the same data. */
    protected abstract TestStore open(Clock clock, Ids ids);

    @BeforeEach
    void openLab() {
        opened = new Lab(this::open);
    }

    @AfterEach
    void closeLab() {
        if (opened != null) opened.close();
    }

    private Lab lab() {
        if (opened == null) throw new IllegalStateException("no test is running");
        return opened;
    }

    private static Item chunk(int n) {
        return new Item.Chunk(Source.step(StepKey.of(n), 1), "\"chunk ä😀 " + n + "\"");
    }

    private static Appended at(long last) {
        return new Appended.At(last);
    }

    private Appended append(RunId run, Fence.By by, Item... items) {
        return lab().stream()
                .append(List.of(new Append(run, by, List.of(items))))
                .getFirst();
    }

    private Appended append(Run run, Item... items) {
        return append(run.id(), lab().by(run), items);
    }

    @Test
    void everyKindOfEntryIsKept() {
        Run run = lab().running("t");
        List<Item> items = List.of(
                chunk(1),
                new Item.Chunk(Source.between(2), "{\"a\":[1,2]}"),
                new Item.Rewind(List.of(Source.step(StepKey.of(1), 1), new Source(StepKey.marker("a\nb/c d"), 3))),
                new Item.Rewind(List.of()),
                new Item.Gap(12),
                chunk(2));
        assertThat(append(run, items.toArray(Item[]::new))).isEqualTo(at(6));
        var expected = new ArrayList<Entry>();
        for (Item item : items)
            expected.add(new Entry(expected.size() + 1L, run.fence().epoch(), item));
        assertThat(lab().stream().read(run.id(), 0, 100).entries()).isEqualTo(expected);
        lab().reboot();
        assertThat(lab().stream().read(run.id(), 0, 100).entries()).isEqualTo(expected);
        assertThat(lab().stream().rewinds(run.id(), 0)).isEqualTo(expected.subList(2, 4));
        assertThat(lab().stream().rewinds(run.id(), 3)).isEqualTo(expected.subList(3, 4));
        var outline = lab().stream().outline(run.id());
        assertThat(outline).extracting(Entry::number).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(outline.get(1).item()).isEqualTo(new Item.Chunk(Source.between(2), ""));
        assertThat(outline.get(2)).isEqualTo(expected.get(2));
        assertThat(outline.get(4)).isEqualTo(expected.get(4));
    }

    @Test
    void theOutlinesOfSeveralRunsAreEachItsOwn() {
        var runs = new ArrayList<RunId>();
        for (int i = 1; i <= 5; i++) {
            Run run = lab().running("t");
            for (int n = 1; n <= i; n++) append(run, chunk(n));
            runs.add(run.id());
        }
        RunId silent = lab().running("t").id();
        runs.add(silent);
        for (int most = 1; most <= runs.size(); most++) {
            List<RunId> some = runs.subList(0, most);
            var outlines = lab().stream().outlines(some);
            for (RunId run : some)
                assertThat(outlines.getOrDefault(run, List.of()))
                        .as("%s of %s", run, most)
                        .extracting(Entry::number)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, run.equals(silent) ? 0 : runs.indexOf(run) + 1)
                                        .boxed()
                                        .toList());
        }
        assertThat(lab().stream().outlines(List.of())).isEmpty();
    }

    @Test
    void numbersAreDensePerRun() {
        Run a = lab().running("t");
        Run b = lab().running("t");
        assertThat(append(a, chunk(1), chunk(2))).isEqualTo(at(2));
        assertThat(append(b, chunk(1))).isEqualTo(at(1));
        assertThat(append(a, chunk(3))).isEqualTo(at(3));
        lab().reboot();
        assertThat(lab().stream().head(a.id())).isEqualTo(3);
        assertThat(lab().stream().head(b.id())).isEqualTo(1);
        assertThat(lab().stream().head(RunId.of(lab().ids.next()))).isZero();
    }

    @Test
    void severalRunsInOneCallHaveTheirOwnAnswers() {
        Run a = lab().running("t");
        Run b = lab().running("t");
        Run gone = lab().succeeded("u");
        var answers = lab().stream()
                .append(List.of(
                        new Append(a.id(), lab().by(a), List.of(chunk(1), chunk(2))),
                        new Append(gone.id(), lab().by(b), List.of(chunk(1))),
                        new Append(b.id(), lab().by(b), List.of(chunk(3))),
                        new Append(a.id(), lab().by(a), List.of(chunk(4)))));
        assertThat(answers).containsExactly(at(2), LOST, at(1), at(3));
        assertThat(lab().stream().read(a.id(), 0, 9).entries())
                .extracting(Entry::item)
                .containsExactly(chunk(1), chunk(2), chunk(4));
        assertThat(lab().stream().read(gone.id(), 0, 9).entries()).isEmpty();
    }

    private void assertRefused(Run run, Fence.By by) {
        long head = lab().stream().head(run.id());
        assertThat(append(run.id(), by, chunk(9))).isEqualTo(LOST);
        assertThat(lab().stream().head(run.id())).isEqualTo(head);
        assertThat(lab().stream().read(run.id(), head, 9).entries()).isEmpty();
    }

    @Test
    void anOlderEpochAppendsNothing() {
        Run run = lab().running("t");
        append(run, chunk(1));
        Fence.By zombie = lab().by(run);
        Run lost = lab().apply(run, new Command.Lost(lab().node(), Command.Blame.COUNTED));
        assertRefused(lost, zombie);
        Run again = lab().claim("t", 1).getFirst().run();
        assertRefused(again, zombie);
        assertThat(append(again, chunk(2))).isEqualTo(at(2));
        assertThat(lab().stream().read(run.id(), 0, 9).entries())
                .extracting(Entry::epoch)
                .containsExactly(run.fence().epoch(), again.fence().epoch());
    }

    @Test
    void aNamesakeOfAnotherIncarnationAppendsNothing() {
        Run run = lab().running("t");
        Holder node = lab().node();
        assertRefused(
                run, new Fence.By(run.fence().epoch(), new Holder(node.kind(), node.number(), node.incarnation() + 1)));
    }

    @Test
    void nothingIsAppendedAfterTheEnd() {
        Run run = lab().running("t");
        append(run, chunk(1));
        Run finished = lab().apply(run, new Command.Succeed(lab().by(run)), Lab.output("1"));
        assertRefused(finished, lab().by(run));
        assertRefused(finished, new Fence.By(finished.fence().epoch(), lab().node()));
    }

    @Test
    void aRunThatIsNotThereTakesNothing() {
        Run nowhere = Lab.row(lab().draft("t").change());
        assertRefused(nowhere, new Fence.By(1, lab().node()));
    }

    @Test
    void aPageIsLimitedByNumberAndBySize() {
        Run run = lab().running("t");
        for (int i = 1; i <= 10; i++) append(run, chunk(i));
        assertThat(lab().stream().read(run.id(), 0, 4).entries())
                .extracting(Entry::number)
                .containsExactly(1L, 2L, 3L, 4L);
        assertThat(lab().stream().read(run.id(), 4, 4).entries())
                .extracting(Entry::number)
                .containsExactly(5L, 6L, 7L, 8L);
        assertThat(lab().stream().read(run.id(), 10, 4).entries()).isEmpty();
        assertThat(lab().stream().read(run.id(), 4, 4).isLast()).isFalse();
        assertThat(lab().stream().read(run.id(), 4, 20).isLast()).isTrue();
        var large = new Item.Chunk(Source.between(1), "\"" + "x".repeat(60_000) + "\"");
        for (int i = 0; i < 50; i++) append(run, large);
        var page = lab().stream().read(run.id(), 10, 1000).entries();
        assertThat(page.size()).isBetween(16, 20);
        assertThat(page.getFirst().number()).isEqualTo(11);
        var rest = lab().stream().read(run.id(), page.getLast().number(), 1000).entries();
        assertThat(rest.getFirst().number()).isEqualTo(page.getLast().number() + 1);
    }

    @Test
    void whoeverSawANumberSawAllBelowIt() throws Exception {
        Run run = lab().running("t");
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> writer = () -> {
                for (int i = 0; i < 50; i++) append(run, chunk(i), chunk(i));
                return true;
            };
            Callable<Boolean> reader = () -> {
                long seen = 0;
                while (seen < 400) {
                    for (Entry entry : lab().stream().read(run.id(), seen, 100).entries()) {
                        if (entry.number() != seen + 1) return false;
                        seen = entry.number();
                    }
                }
                return true;
            };
            var all =
                    new ArrayList<>(IntStream.range(0, 4).mapToObj(i -> writer).toList());
            all.add(reader);
            for (var one : pool.invokeAll(all)) assertThat(one.get()).isTrue();
        }
        assertThat(lab().stream().outline(run.id()))
                .extracting(Entry::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 400).boxed().toList());
    }

    @Test
    void deletingTheRunRemovesItsStream() {
        Run run = lab().running("t");
        Run other = lab().running("t");
        append(run, chunk(1), new Item.Rewind(List.of()));
        append(other, chunk(1));
        Run finished = lab().apply(run, new Command.Succeed(lab().by(run)), Lab.output("1"));
        lab().ledger().commit(lab().held(finished, new Write.Remove()));
        assertThat(lab().stream().read(run.id(), 0, 9).entries()).isEmpty();
        assertThat(lab().stream().rewinds(run.id(), 0)).isEmpty();
        assertThat(lab().stream().outline(run.id())).isEmpty();
        assertThat(lab().stream().head(run.id())).isZero();
        assertThat(lab().stream().head(other.id())).isEqualTo(1);
    }

    @Test
    void textWithANulCharacterIsRefusedAloneAndNothingOfItIsAppended() {
        Run run = lab().running("t");
        Run other = lab().running("t");
        var bad = new Item.Chunk(Source.between(1), "a\0b");
        var answers = lab().stream()
                .append(List.of(
                        new Append(run.id(), lab().by(run), List.of(chunk(1), bad)),
                        new Append(other.id(), lab().by(other), List.of(chunk(1)))));
        assertThat(answers.getFirst())
                .isInstanceOfSatisfying(
                        Appended.Rejected.class, a -> assertThat(a.why().code()).isEqualTo("nul_character"));
        assertThat(answers.getLast()).isEqualTo(at(1));
        assertThat(lab().stream().head(run.id())).isZero();
    }
}
