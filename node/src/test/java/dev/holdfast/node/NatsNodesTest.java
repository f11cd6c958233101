package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Frame;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes on one database and one NATS. */
@NeedsNats
final class NatsNodesTest {
    private static final int CHUNKS = 20;
    private static final Task<String, String> TALKER = Task.named("talker", String.class, String.class);
    private static final Task<String, String> WORD = Task.named("word", String.class, String.class);
    private static final Task<String, String> QUIET = Task.named("quiet", String.class, String.class);
    private static final Task<String, String> SLEEPER =
            Task.named("sleeper", String.class, String.class).giveUpAfter(Duration.ofMillis(1));

    private final TestDatabase database = TestDatabase.fresh();
    private final LocalNats nats = LocalNats.single();
    /** A chunk needs one. */
    private final Semaphore turns = new Semaphore(0);

    private final AtomicInteger sent = new AtomicInteger();

    private final List<Handler<?, ?>> hosted = List.of(
            TALKER.handle((ctx, in) -> {
                ctx.send("hello ");
                ctx.step("talk", s -> {
                    for (int i = 0; i < CHUNKS; i++) {
                        turns.acquireUninterruptibly();
                        s.send(s.epoch() + ":" + i + " ");
                        sent.incrementAndGet();
                    }
                });
                ctx.send("bye");
                return in;
            }),
            SLEEPER.handle((ctx, in) -> {
                ctx.send("before ");
                ctx.sleep(Duration.ofMillis(50));
                ctx.send("after");
                return in;
            }),
            WORD.handle((ctx, in) -> {
                ctx.send(in);
                return in;
            }),
            QUIET.handle((ctx, in) -> in));

    @AfterEach
    void end() {
        nats.close();
        database.close();
    }

    private NatsNode node(int slots) {
        return NatsNode.open(database.url().toString(), nats.url(), slots, hosted);
    }

    private static String talk(int epoch) {
        return "hello "
                + IntStream.range(0, CHUNKS)
                        .mapToObj(i -> epoch + ":" + i + " ")
                        .collect(Collectors.joining())
                + "bye";
    }

    private static CompletableFuture<List<Frame>> watching(NatsNode node, RunId run) {
        return CompletableFuture.supplyAsync(
                () -> node.watch(run), work -> Thread.ofVirtual().start(work));
    }

    private long rows() {
        return Long.parseLong(String.valueOf(database.server()
                .query(database.name(), "SELECT count(*) FROM holdfast.chunks")
                .getFirst()
                .getFirst()));
    }

    @Test
    void whatARunSendsIsSeenOnEveryNodeAndIsNotInTheDatabase() throws InterruptedException {
        try (var one = node(4);
                var two = node(0)) {
            var run = two.client().start(TALKER, "x");
            var early = watching(two, run.id());
            turns.release(CHUNKS);
            assertThat(run.join()).isEqualTo("x");
            assertThat(NatsNode.text(early.join())).isEqualTo(talk(1));
            assertThat(NatsNode.text(one.watch(run.id()))).isEqualTo(talk(1));
            assertThat(rows()).isZero();
            one.engine().delete(Namespace.DEFAULT, run.id(), null);
            await("its stream is removed").until(() -> one.ports().stream().head(run.id()) == 0);
        }
    }

    @Test
    void aRunThatSendsNothingCostsNothingThereAndOneThatWaitsIsToldOnce() throws InterruptedException {
        try (var one = node(4)) {
            var quiet = one.client().start(QUIET, "q");
            assertThat(quiet.join()).isEqualTo("q");
            assertThat(one.ports().stream().head(quiet.id())).isZero();
            var sleeper = one.client().start(SLEEPER, "s");
            assertThat(sleeper.join()).isEqualTo("s");
            assertThat(NatsNode.text(one.watch(sleeper.id()))).isEqualTo("before after");
        }
    }

    /** Its database says that it is dead, and it goes on sending. */
    @Test
    void whatAZombieSendsIsInNobodysText() throws InterruptedException {
        var zombie = node(4);
        var run = zombie.client().start(TALKER, "x");
        turns.release(5);
        await("it has sent some").until(() -> zombie.ports().stream().head(run.id()) >= 6);
        try (var next = node(4)) {
            var early = watching(next, run.id());
            zombie.isFoundDead();
            turns.release(5 * CHUNKS);
            assertThat(next.client().run(run.id(), String.class).join()).isEqualTo("x");
            String text = NatsNode.text(next.watch(run.id()));
            assertThat(NatsNode.text(early.join())).isEqualTo(text);
            assertThat(text).isIn(talk(2), talk(3), talk(4));
        } finally {
            zombie.engine().abandon();
        }
    }

    @Test
    @Timeout(60)
    void whenNatsIsAwayWhoSendsWaitsAndNothingIsLostOrDoubled() throws InterruptedException {
        try (var one = node(4)) {
            var run = one.client().start(TALKER, "x");
            var early = watching(one, run.id());
            turns.release(5);
            await("some are stored").until(() -> one.ports().stream().head(run.id()) >= 6);
            nats.server(0).kill();
            await("it is noticed")
                    .untilAsserted(() -> assertThatThrownBy(one::demandStreams)
                            .isInstanceOfSatisfying(
                                    Unavailable.class, e -> assertThat(e.code()).isEqualTo("nats_away")));
            turns.release(CHUNKS);
            await("it sends the others").until(() -> sent.get() == CHUNKS);
            // Everything that needs no stream goes on; what was sent is not recorded before it is stored.
            var quiet = one.client().start(QUIET, "q");
            assertThat(quiet.join()).isEqualTo("q");
            assertThat(one.ports().ledger().reads().steps(run.id())).isEmpty();
            nats.server(0).start();
            assertThat(run.join()).isEqualTo("x");
            assertThat(NatsNode.text(early.join())).isEqualTo(talk(1));
            assertThat(NatsNode.text(one.watch(run.id()))).isEqualTo(talk(1));
            one.demandStreams();
        }
    }

    /** As many messages as a run may have here: one of two needs more. */
    @Test
    @Timeout(60)
    void oneRunThatCannotBeStoredKeepsNoOther() throws Exception {
        try (var one = node(4)) {
            var stuck = one.client().start(TALKER, "x");
            await("it has begun").until(() -> one.ports().stream().head(stuck.id()) >= 1);
            limit(limits -> limits.maxMessagesPerSubject(1).discardNewPerSubject(true));
            turns.release(CHUNKS);
            await("it sends the others").until(() -> sent.get() == CHUNKS);
            var other = one.client().start(WORD, "w");
            assertThat(other.join()).isEqualTo("w");
            assertThat(NatsNode.text(one.watch(other.id()))).isEqualTo("w");
            assertThat(one.ports().stream().head(stuck.id())).isEqualTo(1);
            limit(limits -> limits.discardNewPerSubject(false).maxMessagesPerSubject(-1));
            assertThat(stuck.join()).isEqualTo("x");
            assertThat(NatsNode.text(one.watch(stuck.id()))).isEqualTo(talk(1));
        }
    }

    /** Of the one stream that there is. */
    private void limit(UnaryOperator<StreamConfiguration.Builder> change) throws Exception {
        Connection admin = Nats.connect(nats.url());
        try {
            var streams = admin.jetStreamManagement();
            var present = streams.getStreams().getFirst().getConfiguration();
            streams.updateStream(
                    change.apply(StreamConfiguration.builder(present)).build());
        } finally {
            admin.close();
        }
    }

    /** Each would miss what the other one writes. */
    @Test
    void whoWouldHaveItsStreamsInAnotherPlaceIsRefused() throws InterruptedException {
        var tables = ClusterOptions.at(database.url().toString());
        String byAnotherName = nats.url().replace("127.0.0.1", "localhost");
        try (var other = LocalNats.single();
                var one = open(tables.nats(NatsOptions.at(nats.url())));
                var two = open(tables.nats(NatsOptions.at(byAnotherName)))) {
            assertThat(one.start(QUIET, "q").join()).isEqualTo("q");
            assertRefused(tables, "on NATS, and this one would have them in the database");
            assertRefused(tables.nats(NatsOptions.at(other.url())), "or on another NATS");
            assertThat(two.start(QUIET, "q").join()).isEqualTo("q");
        }
        try (var one = open(tables)) {
            assertThat(one.start(QUIET, "q").join()).isEqualTo("q");
            assertRefused(
                    tables.nats(NatsOptions.at(nats.url())), "in the database, and this one would have them on NATS");
        }
    }

    private Holdfast open(ClusterOptions options) {
        return Holdfast.cluster(options, NodeOptions.defaults(), hosted);
    }

    private void assertRefused(ClusterOptions options, String why) {
        assertThatThrownBy(() -> open(options).close())
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("streams_elsewhere"))
                .hasMessageContaining(why);
    }

    /** The way through the database is closed: what is heard came over NATS. */
    @Test
    void hintsGoOverNats() throws InterruptedException {
        try (var one = node(4);
                var two = node(0)) {
            database.server()
                    .query(
                            database.name(),
                            "ALTER FUNCTION pg_catalog.pg_notify(text, text) RENAME TO pg_notify_heard");
            database.server()
                    .query(
                            database.name(),
                            "CREATE FUNCTION pg_catalog.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT'");
            assertThat(one.engine().hosted()).isNotEmpty();
            long begun = System.nanoTime();
            for (int i = 0; i < 20; i++)
                assertThat(two.client().start(QUIET, "q").join()).isEqualTo("q");
            // Without them each would be found, and its end, by looks once a second.
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("twenty, one after the other")
                    .isLessThan(Duration.ofSeconds(6));
        }
    }
}
