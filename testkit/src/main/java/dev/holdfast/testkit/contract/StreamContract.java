package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Fence;
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
import dev.holdfast.engine.port.StreamLog.Place;
import dev.holdfast.engine.port.Write;
import dev.holdfast.testkit.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link dev.holdfast.engine.port.StreamLog} must do. A stream log's own test extends what says how it fences,
 * {@link RowFencedContract} or {@link OpeningFencedContract}, and says how it is opened, with the ledger that it belongs to.
 */
public abstract class StreamContract {
    static final Appended LOST = new Appended.Lost();
    private static final Duration SOON = Duration.ofSeconds(10);

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

    Lab lab() {
        if (opened == null) throw new IllegalStateException("no test is running");
        return opened;
    }

    static Item chunk(int n) {
        return new Item.Chunk(Source.step(StepKey.of(n), 1), "\"chunk ä😀 " + n + "\"");
    }

    static Appended at(long last) {
        return new Appended.At(last);
    }

    Appended append(RunId run, Fence.By by, Place place, Item... items) {
        return lab().stream()
                .append(List.of(new Append(run, by, place, List.of(items))))
                .getFirst();
    }

    /** By its first holder, who knows all that is there. */
    Appended append(Run run, Item... items) {
        return append(run.id(), lab().by(run), new Place(0, lab().stream().head(run.id())), items);
    }

    List<Item> items(Run run) {
        return lab().stream().read(run.id(), 0, 100).entries().stream()
                .map(Entry::item)
                .toList();
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
    void severalRunsInOneCallHaveTheirOwnAnswers() {
        Run a = lab().running("t");
        Run b = lab().running("t");
        var answers = lab().stream()
                .append(List.of(
                        new Append(a.id(), lab().by(a), Place.opening(0), List.of(chunk(1), chunk(2))),
                        new Append(b.id(), lab().by(b), Place.opening(0), List.of(chunk(3))),
                        new Append(a.id(), lab().by(a), new Place(0, 2), List.of(chunk(4)))));
        assertThat(answers).containsExactly(at(2), at(1), at(3));
        assertThat(items(a)).containsExactly(chunk(1), chunk(2), chunk(4));
    }

    @Test
    void afterAnEpochHasOpenedNothingOfAnOlderOneIsAppended() {
        Run run = lab().running("t");
        append(run, chunk(1));
        lab().apply(run, new Command.Lost(lab().node(), Command.Blame.COUNTED));
        Run again = lab().claim("t", 1).getFirst().run();
        var rewind = new Item.Rewind(List.of());
        assertThat(append(again.id(), lab().by(again), Place.opening(1), rewind))
                .isEqualTo(at(2));
        for (long last = 1; last <= 2; last++) {
            assertThat(append(run.id(), lab().by(run), new Place(0, last), chunk(9)))
                    .isEqualTo(LOST);
        }
        assertThat(append(again.id(), lab().by(again), new Place(1, 2), chunk(2)))
                .isEqualTo(at(3));
        assertThat(items(run)).containsExactly(chunk(1), rewind, chunk(2));
        assertThat(lab().stream().read(run.id(), 0, 9).entries())
                .extracting(Entry::epoch)
                .containsExactly(
                        run.fence().epoch(),
                        again.fence().epoch(),
                        again.fence().epoch());
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
        seeAllBelow(run, List.of(() -> {
            for (int i = 0; i < 100; i++) append(run.id(), lab().by(run), new Place(0, 2L * i), chunk(i), chunk(i));
            return true;
        }));
    }

    /** While these append 200 entries, somebody reads. */
    void seeAllBelow(Run run, List<Callable<Boolean>> writers) throws Exception {
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> reader = () -> {
                long seen = 0;
                while (seen < 200) {
                    for (Entry entry : lab().stream().read(run.id(), seen, 100).entries()) {
                        if (entry.number() != seen + 1) return false;
                        seen = entry.number();
                    }
                }
                return true;
            };
            var all = new ArrayList<>(writers);
            all.add(reader);
            for (var one : pool.invokeAll(all)) assertThat(one.get()).isTrue();
        }
        assertThat(lab().stream().outline(run.id()))
                .extracting(Entry::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 200).boxed().toList());
    }

    @Test
    void deletingTheRunRemovesItsStream() {
        Run run = lab().running("t");
        Run other = lab().running("t");
        append(run, chunk(1), new Item.Rewind(List.of()));
        append(other, chunk(1));
        Run finished = lab().apply(run, new Command.Succeed(lab().by(run)), Lab.output("1"));
        lab().ledger().commit(lab().held(finished, new Write.Remove()));
        lab().stream().remove(List.of(run.id()));
        awaitRemoved(run.id());
        assertThat(lab().stream().read(run.id(), 0, 9).entries()).isEmpty();
        assertThat(lab().stream().rewinds(run.id(), 0)).isEmpty();
        assertThat(lab().stream().outline(run.id())).isEmpty();
        assertThat(lab().stream().head(run.id())).isZero();
        assertThat(lab().stream().head(other.id())).isEqualTo(1);
    }

    /** Where it is not the ledger's transaction that does it, it is done soon. */
    private void awaitRemoved(RunId run) {
        long began = System.nanoTime();
        while (lab().stream().head(run) > 0 && System.nanoTime() - began < SOON.toNanos()) Thread.onSpinWait();
    }

    @Test
    void textWithANulCharacterIsRefusedAloneAndNothingOfItIsAppended() {
        Run run = lab().running("t");
        Run other = lab().running("t");
        var bad = new Item.Chunk(Source.between(1), "a\0b");
        var answers = lab().stream()
                .append(List.of(
                        new Append(run.id(), lab().by(run), Place.opening(0), List.of(chunk(1), bad)),
                        new Append(other.id(), lab().by(other), Place.opening(0), List.of(chunk(1)))));
        assertThat(answers.getFirst())
                .isInstanceOfSatisfying(
                        Appended.Rejected.class, a -> assertThat(a.why().code()).isEqualTo("nul_character"));
        assertThat(answers.getLast()).isEqualTo(at(1));
        assertThat(lab().stream().head(run.id())).isZero();
    }
}
