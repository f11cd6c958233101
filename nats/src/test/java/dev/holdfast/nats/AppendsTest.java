package dev.holdfast.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Run;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog.Place;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.testkit.ProcessTest;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of appends when something goes wrong between a node and NATS. */
@NeedsNats
final class AppendsTest {
    private static final Appended LOST = new Appended.Lost();
    private static final Item REWIND = new Item.Rewind(List.of());

    private static LocalNats server;

    @BeforeAll
    static void start() {
        server = LocalNats.single();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Appended at(long last) {
        return new Appended.At(last);
    }

    @Test
    void whatWasStoredWithoutAnAnswerIsNotStoredTwice() {
        try (var proxy = new Swallower(server.server(0).port());
                var bed = new Bed(proxy.url(), "swallowed");
                var plain = new Bed(server.url(), "swallowed")) {
            Run run = bed.running();
            assertThat(bed.append(run, Place.opening(0), Bed.chunk(1))).isEqualTo(at(1));
            proxy.swallow();
            assertThatThrownBy(() -> bed.append(run, new Place(0, 1), Bed.chunk(2), Bed.chunk(3)))
                    .isInstanceOf(Unavailable.class);
            assertThat(proxy.swallowed())
                    .as("an answer came, and was swallowed")
                    .isPositive();
            assertThat(plain.items(run)).containsExactly(Bed.chunk(1), Bed.chunk(2), Bed.chunk(3));
            proxy.heal();
            assertThat(bed.appendUntilAnswered(run, new Place(0, 1), Bed.chunk(2), Bed.chunk(3), Bed.chunk(4)))
                    .isEqualTo(at(4));
            assertThat(bed.items(run)).containsExactly(Bed.chunk(1), Bed.chunk(2), Bed.chunk(3), Bed.chunk(4));
        }
    }

    @Test
    void anOpeningThatWasStoredWithoutAnAnswerIsStoredOnce() {
        try (var proxy = new Swallower(server.server(0).port());
                var bed = new Bed(proxy.url(), "opening")) {
            Run run = bed.running();
            bed.append(run, Place.opening(0), Bed.chunk(1));
            bed.lose(run);
            Run next = bed.claim();
            assertThat(bed.stream().outline(run.id())).hasSize(1);
            proxy.swallow();
            assertThatThrownBy(() -> bed.append(next, Place.opening(1), REWIND)).isInstanceOf(Unavailable.class);
            proxy.heal();
            assertThat(bed.appendUntilAnswered(next, Place.opening(1), REWIND)).isEqualTo(at(2));
            assertThat(bed.items(run)).containsExactly(Bed.chunk(1), REWIND);
        }
    }

    /** What is in the way of a zombie that has no answer is the ledger: the next one may not have opened yet. */
    @Test
    void whoDoesNotKnowWhatBecameOfItAsksTheLedgerBeforeItGoesOn() {
        try (var proxy = new Swallower(server.server(0).port());
                var bed = new Bed(proxy.url(), "asked")) {
            Run run = bed.running();
            bed.append(run, Place.opening(0), Bed.chunk(1));
            proxy.swallow();
            assertThatThrownBy(() -> bed.append(run, new Place(0, 1), Bed.chunk(2)))
                    .isInstanceOf(Unavailable.class);
            bed.lose(run);
            proxy.heal();
            assertThat(bed.appendUntilAnswered(run, new Place(0, 1), Bed.chunk(2), Bed.chunk(3)))
                    .isEqualTo(LOST);
            assertThat(bed.items(run)).doesNotContain(Bed.chunk(3));
        }
    }

    /** A stream of its own for each: what of another cluster has the same id is not seen. */
    @Test
    void twoClustersOnOneNatsNeverMeet() {
        try (var one = new Bed(server.url(), "one");
                var two = new Bed(server.url(), "two")) {
            Run run = one.running();
            one.append(run, Place.opening(0), Bed.chunk(1));
            assertThat(two.stream().head(run.id())).isZero();
            assertThat(two.stream().outline(run.id())).isEmpty();
            two.stream().remove(List.of(run.id()));
        }
        try (var again = new Bed(server.url(), "one")) {
            Run same = again.running();
            assertThat(again.items(same)).containsExactly(Bed.chunk(1));
        }
    }

    /** It is in the way of one run, and of no other. */
    @Test
    void oneRunInWhoseStreamSomebodyElseWritesIsRefusedAlone() throws Exception {
        try (var bed = new Bed(server.url(), "foreign");
                var admin = Admin.at(server.url())) {
            Run one = bed.running();
            Run two = bed.running();
            bed.append(one, Place.opening(0), Bed.chunk(1));
            admin.connection().jetStream().publish("holdfast.foreign.run." + one.id(), "hello".getBytes(UTF_8));
            var answers = bed.stream()
                    .append(List.of(
                            bed.offer(one, new Place(0, 1), Bed.chunk(2)),
                            bed.offer(two, Place.opening(0), Bed.chunk(3))));
            assertThat(answers.getFirst())
                    .isInstanceOfSatisfying(
                            Appended.Rejected.class,
                            refused -> assertThat(refused.why())
                                    .hasMessageContainingAll(one.id().toString(), "none of Holdfast's"));
            assertThat(answers.getLast()).isEqualTo(at(1));
            assertThat(bed.items(two)).containsExactly(Bed.chunk(3));
        }
    }

    /** As many messages as a run may have here, and no more. */
    @Test
    void oneThatHasNoAnswerIsOfferedAgainAlone() throws Exception {
        try (var bed = new Bed(server.url(), "alone");
                var admin = Admin.at(server.url())) {
            Run one = bed.running();
            Run two = bed.running();
            bed.append(one, Place.opening(0), Bed.chunk(1));
            edit(
                    admin,
                    "holdfast-alone",
                    limits -> limits.maxMessagesPerSubject(1).discardNewPerSubject(true));
            var answers = bed.stream()
                    .append(List.of(
                            bed.offer(one, new Place(0, 1), Bed.chunk(2)),
                            bed.offer(one, new Place(0, 2), Bed.chunk(3)),
                            bed.offer(two, Place.opening(0), Bed.chunk(4))));
            assertThat(answers.subList(0, 2)).allMatch(Appended.Unanswered.class::isInstance);
            assertThat(answers.getLast()).isEqualTo(at(1));
            bed.site.nats().demandThere();
            edit(
                    admin,
                    "holdfast-alone",
                    limits -> limits.discardNewPerSubject(false).maxMessagesPerSubject(-1));
            assertThat(bed.append(one, new Place(0, 1), Bed.chunk(2), Bed.chunk(3)))
                    .isEqualTo(at(3));
            assertThat(bed.items(one)).containsExactly(Bed.chunk(1), Bed.chunk(2), Bed.chunk(3));
        }
    }

    @Test
    void aStreamThatIsFullIsToldWithWhatToDo() throws Exception {
        try (var bed = new Bed(server.url(), "full");
                var admin = Admin.at(server.url())) {
            Run run = bed.running();
            edit(admin, "holdfast-full", limits -> limits.maxBytes(1_000_000));
            Item large = new Item.Chunk(Source.step(StepKey.of(1), 1), "\"" + "x".repeat(200_000) + "\"");
            assertTrouble(bed, "nats_full", "holdfast-full", "max-bytes", () -> {
                for (int i = 0; i < 10; i++) bed.append(run, new Place(0, i), large);
            });
            edit(admin, "holdfast-full", limits -> limits.maxBytes(-1));
            assertThat(bed.append(run, new Place(0, bed.stream().head(run.id())), large))
                    .isInstanceOf(Appended.At.class);
            bed.site.nats().demandThere();
        }
    }

    @Test
    void aStreamThatIsNotThereIsToldWithWhatToDo() throws Exception {
        try (var bed = new Bed(server.url(), "removed");
                var admin = Admin.at(server.url())) {
            Run run = bed.running();
            admin.streams().deleteStream("holdfast-removed");
            // Nobody takes what is sent; who is asked says why.
            assertThatThrownBy(() -> bed.append(run, Place.opening(0), Bed.chunk(1)))
                    .isInstanceOf(Unavailable.class);
            assertTrouble(
                    bed,
                    "nats_stream_missing",
                    "holdfast-removed",
                    "start a node",
                    () -> bed.append(run, Place.opening(0), Bed.chunk(1)));
            new Bed(server.url(), "removed").close();
            assertThat(bed.append(run, Place.opening(0), Bed.chunk(1))).isEqualTo(at(1));
            bed.site.nats().demandThere();
        }
    }

    private static void assertTrouble(Bed bed, String code, String stream, String cure, ThrowingCallable append) {
        assertThatThrownBy(append)
                .isInstanceOfSatisfying(
                        Unavailable.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(stream, cure);
        assertThatThrownBy(() -> bed.site.nats().demandThere())
                .isInstanceOfSatisfying(
                        Unavailable.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static void edit(Admin admin, String stream, UnaryOperator<StreamConfiguration.Builder> change)
            throws Exception {
        var present = admin.streams().getStreamInfo(stream).getConfiguration();
        admin.streams()
                .updateStream(change.apply(StreamConfiguration.builder(present)).build());
    }

    @Test
    void largeAppendsAreSplitAndKeepTheirOrder() {
        try (var bed = new Bed(server.url(), "large")) {
            Run run = bed.running();
            var items = new ArrayList<Item>();
            for (int i = 0; i < 60; i++) {
                items.add(new Item.Chunk(Source.step(StepKey.of(i), 1), "\"" + "ä".repeat(31_000) + i + "\""));
            }
            var sources = IntStream.range(0, 10_000)
                    .mapToObj(i -> Source.step(StepKey.of(i), 2))
                    .toList();
            items.add(new Item.Rewind(sources));
            for (int i = 0; i < 3_000; i++) {
                items.add(new Item.Chunk(Source.step(StepKey.marker("a marker with a name " + i), 1), "1"));
            }
            assertThat(bed.append(run, Place.opening(0), items.toArray(Item[]::new)))
                    .isEqualTo(at(items.size()));
            assertThat(bed.items(run)).isEqualTo(items);
            assertThat(bed.stream().rewinds(run.id(), 0))
                    .extracting(Entry::item)
                    .containsExactly(new Item.Rewind(sources));
            assertThat(bed.stream().outline(run.id())).hasSize(items.size());
        }
    }

    /** NATS has lost what it had acknowledged, an opening among it, and with it what kept others out. */
    @Test
    void whoHasOpenedAnEpochOfWhichNothingIsLeftAppendsNothing() throws Exception {
        try (var own = LocalNats.single();
                var bed = new Bed(own.url(), "forgotten");
                var other = new Bed(own.url(), "forgotten")) {
            Run run = bed.running();
            bed.append(run, Place.opening(0), Bed.chunk(1));
            bed.lose(run);
            Run next = bed.claim();
            bed.append(next, Place.opening(1), REWIND);
            forget(own, "holdfast-forgotten", 2);
            assertThat(bed.appendUntilAnswered(next, new Place(1, 2), Bed.chunk(2)))
                    .isEqualTo(new Appended.Moved());
            await("the other one sees it too")
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(other.items(run)).containsExactly(Bed.chunk(1)));
        }
    }

    @Test
    void aHoleIsSeenByItsNumbers() throws Exception {
        try (var own = LocalNats.single();
                var bed = new Bed(own.url(), "hole")) {
            Run run = bed.running();
            for (int i = 0; i < 12; i++) bed.append(run, new Place(0, i), Bed.chunk(i + 1));
            forget(own, "holdfast-hole", 4, 5, 12);
            // What was acknowledged is not sent again, and keeps its number.
            assertThat(bed.appendUntilAnswered(run, new Place(0, 12), Bed.chunk(13)))
                    .isEqualTo(at(13));
            assertThat(bed.all(run))
                    .extracting(Entry::number)
                    .containsExactly(1L, 2L, 3L, 6L, 7L, 8L, 9L, 10L, 11L, 13L);
            assertThat(bed.stream().read(run.id(), 3, 100).entries())
                    .extracting(Entry::number)
                    .containsExactly(6L, 7L, 8L, 9L, 10L, 11L, 13L);
        }
    }

    /** JetStream has lost its newest, and uses their sequences again. */
    @Test
    void whatCameInPlaceOfWhatWasLostIsReadByWhoKnewWhereThatWas() throws Exception {
        try (var own = LocalNats.single();
                var bed = new Bed(own.url(), "power")) {
            Run run = bed.running();
            for (int i = 0; i < 3; i++) bed.append(run, new Place(0, i), Bed.chunk(i + 1));
            own.server(0).stop();
            own.server(0).keep();
            own.server(0).start();
            for (int i = 3; i < 5; i++) bed.appendUntilAnswered(run, new Place(0, i), Bed.chunk(i + 1));
            assertThat(bed.all(run)).hasSize(5);
            bed.lose(run);
            Run next = bed.claim();
            own.server(0).kill();
            own.server(0).goBack();
            own.server(0).start();
            await("it is connected again")
                    .ignoreExceptions()
                    .until(() -> bed.stream().outline(run.id()).size() == 3);

            var place = Place.opening(5, next.fence().epoch());
            long first = place.first();
            assertThat(bed.appendUntilAnswered(next, place, REWIND)).isEqualTo(at(first));
            for (int i = 0; i < 3; i++) bed.append(next, place.at(first + i), Bed.chunk(6 + i));

            assertThat(bed.stream().read(run.id(), 5, 100).entries())
                    .extracting(Entry::number)
                    .containsExactly(first, first + 1, first + 2, first + 3);
            assertThat(bed.stream().read(run.id(), 3, 100).entries().getFirst().behind())
                    .isEqualTo(5);
            assertThat(bed.all(run)).hasSize(7);
        }
    }

    /** As after a failure of its machine: these messages are not there any more. */
    private static void forget(LocalNats own, String stream, long... sequences) throws Exception {
        try (var admin = Admin.at(own.url())) {
            for (long sequence : sequences)
                assertThat(admin.streams().deleteMessage(stream, sequence)).isTrue();
        }
        own.server(0).stop();
        own.server(0).start();
    }

    @Test
    @ProcessTest
    void aServerThatIsKilledUnderLoadLosesAndDoublesNothing() throws Exception {
        try (var own = LocalNats.single();
                var bed = new Bed(own.url(), "killed")) {
            writeWhile(bed, 400, () -> {
                own.server(0).kill();
                own.server(0).start();
            });
        }
    }

    @Test
    @ProcessTest
    void theLeaderOfAClusterIsKilledAndNothingIsLostOrDoubled() throws Exception {
        try (var own = LocalNats.cluster(3);
                var bed = new Bed(own.url(), "leader")) {
            assertThat(replicas(own.url(), "holdfast-leader")).isEqualTo(3);
            writeWhile(bed, 400, () -> {
                String leader = leader(own.url(), "holdfast-leader");
                var server = own.server(Integer.parseInt(leader.substring("server-".length())));
                server.kill();
            });
        }
    }

    private static int replicas(String url, String stream) throws Exception {
        try (var admin = Admin.at(url)) {
            return admin.streams().getStreamInfo(stream).getConfiguration().getReplicas();
        }
    }

    private static String leader(String url, String stream) throws Exception {
        try (var admin = Admin.at(url)) {
            var cluster = admin.streams().getStreamInfo(stream).getClusterInfo();
            return cluster == null ? "" : String.valueOf(cluster.getLeader());
        }
    }

    private interface Blow {
        void strike() throws Exception;
    }

    /** One run in steps of one append after the other, and a blow in the middle of it. */
    private static void writeWhile(Bed bed, int appends, Blow blow) throws Exception {
        Run run = bed.running();
        var struck = new AtomicBoolean();
        var failure = new ArrayList<Throwable>();
        Thread striker = Thread.ofPlatform().start(() -> {
            try {
                await("some appends").until(struck::get);
                blow.strike();
            } catch (Exception | Error e) {
                failure.add(e);
            }
        });
        for (int i = 0; i < appends; i++) {
            if (i == appends / 4) struck.set(true);
            var answer = bed.appendUntilAnswered(run, new Place(0, 2L * i), Bed.chunk(2 * i + 1), Bed.chunk(2 * i + 2));
            assertThat(answer).isEqualTo(at(2L * i + 2));
            // Until it has struck there is always something to append.
            if (i == appends - 1 && striker.isAlive()) striker.join();
        }
        striker.join();
        assertThat(failure).isEmpty();
        var all = new ArrayList<Entry>();
        // As long as the servers have no leader nobody answers, and each try takes its time.
        await("all of it").atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            all.clear();
            all.addAll(bed.all(run));
            return all.size() >= 2 * appends;
        });
        assertThat(all)
                .extracting(Entry::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 2L * appends).boxed().toList());
        assertThat(all)
                .extracting(Entry::item)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 2 * appends)
                        .mapToObj(Bed::chunk)
                        .toList());
    }
}
