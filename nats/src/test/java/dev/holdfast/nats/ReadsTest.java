package dev.holdfast.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Run;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.port.StreamLog.Page;
import dev.holdfast.engine.port.StreamLog.Place;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reading from anywhere, in streams that are long. */
@NeedsNats
final class ReadsTest {
    private static final int CHUNKS = 10_000;
    private static final int AT_ONCE = 4;

    private static LocalNats server;

    @BeforeAll
    static void start() {
        server = LocalNats.single();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Run longStream(Bed bed) {
        Run run = bed.running();
        for (int i = 0; i < CHUNKS; i += AT_ONCE) {
            int first = i + 1;
            bed.append(
                    run,
                    new Place(0, i),
                    IntStream.range(first, first + AT_ONCE).mapToObj(Bed::chunk).toArray(Item[]::new));
        }
        return run;
    }

    /** Prints what it costs to go on in the middle, where nothing is known. */
    @Test
    void aLongStreamIsReadFromAnywhere() {
        try (var bed = new Bed(server.url(), "long")) {
            Run run = longStream(bed);
            long begun = System.nanoTime();
            assertThat(bed.all(run))
                    .extracting(Entry::number)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, CHUNKS).boxed().toList());
            print("all of " + CHUNKS, begun);
            // Who knows nothing: another process.
            for (long after : new long[] {1, CHUNKS / 2 + 1, CHUNKS - 1}) {
                try (var other = new Bed(server.url(), "long")) {
                    begun = System.nanoTime();
                    var page = other.stream().read(run.id(), after, 50).entries();
                    print("a page after " + after + ", of which nothing is known", begun);
                    assertThat(page.getFirst().number()).isEqualTo(after + 1);
                    assertThat(page).extracting(Entry::item).startsWith(Bed.chunk((int) after + 1));
                }
            }
            begun = System.nanoTime();
            assertThat(bed.stream().outline(run.id())).hasSize(CHUNKS);
            print("the outline", begun);
            begun = System.nanoTime();
            assertThat(bed.stream().rewinds(run.id(), 0)).isEmpty();
            print("its rewinds", begun);
        }
    }

    @Test
    void pagesOfAnySizeAreTheSameStream() {
        try (var bed = new Bed(server.url(), "pages")) {
            Run run = bed.running();
            int last = 0;
            for (int i = 1; i <= 60; i++) {
                Item[] items = IntStream.rangeClosed(last + 1, last + 1 + i % 7)
                        .mapToObj(Bed::chunk)
                        .toArray(Item[]::new);
                bed.append(run, new Place(0, last), items);
                last += items.length;
            }
            for (int most : new int[] {1, 2, 5, 50, 1_000}) {
                var all = new ArrayList<Entry>();
                while (all.size() < last) {
                    long after = all.isEmpty() ? 0 : all.getLast().number();
                    var page = bed.stream().read(run.id(), after, most);
                    assertThat(page.entries()).hasSizeBetween(1, most);
                    all.addAll(page.entries());
                    assertThat(page.isLast()).isEqualTo(all.size() == last);
                }
                assertThat(all)
                        .as("in pages of %s", most)
                        .extracting(Entry::item)
                        .containsExactlyElementsOf(IntStream.rangeClosed(1, last)
                                .mapToObj(Bed::chunk)
                                .toList());
            }
        }
    }

    @Test
    void aPageThatEndsInTheMiddleOfAMessageKnowsWhereItHasEnded() throws Exception {
        try (var bed = new Bed(server.url(), "middle");
                var admin = Admin.at(server.url())) {
            Run run = bed.running();
            for (int i = 0; i < 20; i++) {
                int first = 1_000 * i + 1;
                bed.append(
                        run,
                        new Place(0, first - 1),
                        IntStream.range(first, first + 1_000)
                                .mapToObj(Bed::chunk)
                                .toArray(Item[]::new));
            }
            var scans = new AtomicInteger();
            admin.connection()
                    .createDispatcher(made -> scans.incrementAndGet())
                    .subscribe("$JS.EVENT.ADVISORY.CONSUMER.CREATED.holdfast-middle.*");
            admin.connection().flush(Duration.ofSeconds(10));
            int pages = 0;
            long after = 0;
            for (boolean isLast = false; !isLast; pages++) {
                var page = bed.stream().read(run.id(), after, 256);
                after = page.entries().getLast().number();
                isLast = page.isLast();
            }
            assertThat(after).isEqualTo(20_000);
            // What is read of a page is one scan; to look for its place would be another.
            int most = pages;
            await("they are told").until(() -> scans.get() > 0);
            admin.connection().flush(Duration.ofSeconds(10));
            assertThat(scans).hasValueLessThanOrEqualTo(most);
        }
    }

    /** Small ones first, after which it asks for many at once. */
    @Test
    void aPageAsksForNoMoreThanItTakes() {
        try (var proxy = new Swallower(server.server(0).port());
                var bed = new Bed(server.url(), "weight");
                var reader = new Bed(proxy.url(), "weight")) {
            Run run = bed.running();
            for (int i = 0; i < 60; i++) bed.append(run, new Place(0, i), Bed.chunk(i + 1));
            Item large = new Item.Chunk(Source.step(StepKey.of(1), 1), "\"" + "x".repeat(250_000) + "\"");
            for (int i = 60; i < 100; i++) bed.append(run, new Place(0, i), large);
            long before = proxy.told();
            var page = reader.stream().read(run.id(), 0, 1_000);
            assertThat(page.entries()).hasSizeBetween(61, 70);
            // A megabyte for the page, and what was asked for when that was there.
            assertThat(proxy.told() - before).as("bytes, of 10 million").isLessThan(3_000_000);
            assertThat(reader.all(run)).hasSize(100);
        }
    }

    /** To a watcher of a run that has ended, nothing more would be the end. */
    @Test
    void whatIsRemovedWhileItIsReadIsNotTheEnd() {
        try (var proxy = new Swallower(server.server(0).port());
                var bed = new Bed(server.url(), "removed");
                var reader = new Bed(proxy.url(), "removed")) {
            Run run = bed.running();
            for (int i = 0; i < 4; i++) bed.append(run, new Place(0, i), Bed.chunk(i + 1));
            proxy.before("next_by_subj", () -> {
                bed.stream().remove(List.of(run.id()));
                await("it is gone").until(() -> bed.stream().head(run.id()) == 0);
            });

            assertThatThrownBy(() -> reader.stream().read(run.id(), 1, 100))
                    .isInstanceOfSatisfying(
                            Unavailable.class, e -> assertThat(e.code()).isEqualTo("nats_away"))
                    .hasMessageContaining(run.id().toString());

            assertThat(reader.stream().read(run.id(), 1, 100)).isEqualTo(new Page(List.of(), true));
        }
    }

    private static void print(String what, long begun) {
        System.out.println(
                what + ": " + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
    }
}
