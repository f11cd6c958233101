package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.RunFailed;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody has locked the row of a run, or of a lane. Who wants to write it waits, and nobody else does; what came for it
 * meanwhile is done right after. The node looks by itself so seldom that no test lives to see it.
 */
@ProcessTest
final class LockedRunTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Task<String, String> STAYS = Task.named("stays", String.class, String.class);
    private static final Task<String, String> BRIEF =
            Task.named("brief", String.class, String.class).maxDuration(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(12);
    private static final Task<String, String> RESTS =
            Task.named("rests", String.class, String.class).giveUpAfter(Duration.ofMillis(100));
    private static final Task<String, String> OTHER = Task.named("other", String.class, String.class);

    private final TestDatabase database = TestDatabase.fresh();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch mayRecord = new CountDownLatch(1);
    private final CountDownLatch others = new CountDownLatch(2);
    private Holdfast holdfast;

    @BeforeEach
    void open() {
        var usual = EngineOptions.defaults();
        var seldom = new EngineOptions(20, Duration.ofMinutes(2), usual.retention(), usual.drainGrace(), usual.meter());
        holdfast = Holdfast.cluster(
                ClusterOptions.at(database.url().toString()),
                NodeOptions.defaults().engine(seldom),
                List.of(
                        STAYS.handle((ctx, input) -> {
                            record(ctx);
                            ctx.sleep(Duration.ofHours(1));
                            return input;
                        }),
                        BRIEF.handle((ctx, input) -> {
                            record(ctx);
                            // It asks for nothing any more, until it is told to leave.
                            new CountDownLatch(1).await();
                            return input;
                        }),
                        RESTS.handle((ctx, input) -> {
                            ctx.sleep(Duration.ofHours(1));
                            return input;
                        }),
                        OTHER.handle((ctx, input) -> {
                            others.countDown();
                            return input;
                        })));
    }

    @AfterEach
    void close() {
        holdfast.close();
        database.close();
    }

    private void record(Context ctx) {
        ctx.step("waits", step -> {
            inside.countDown();
            mayRecord.await();
        });
    }

    @Test
    void aDeadlineThatComesMeanwhileWaitsAlone() throws Exception {
        RunHandle<String> run = holdfast.start(BRIEF, "a");
        whileItIsLocked(run, "SELECT 1");
        assertThatThrownBy(() -> run.join(LONG)).isInstanceOf(RunFailed.class).hasMessageContaining("TIMED_OUT");
    }

    @Test
    void aMessageThatComesMeanwhileWaitsAlone() throws Exception {
        RunHandle<String> run = holdfast.start(STAYS, "b");
        whileItIsLocked(
                run,
                "INSERT INTO holdfast.inbox (run, id, kind) VALUES ('"
                        + run.id().uuid() + "', gen_random_uuid(), 'CANCEL')");
        assertThatThrownBy(() -> run.join(LONG)).isInstanceOf(RunFailed.class).hasMessageContaining("CANCELLED");
    }

    @Test
    void aLaneThatSomebodyKeepsLockedKeepsOnlyItsOwnRunsWaiting() throws Exception {
        holdfast.start(STAYS, "c", Start.now().lane("talk"));
        inside.await();
        try (Connection sql = DriverManager.getConnection(database.jdbcUrl())) {
            sql.setAutoCommit(false);
            execute(sql, "SELECT 1 FROM holdfast.lanes WHERE lane = 'talk' FOR NO KEY UPDATE");
            // More than one look takes.
            for (int i = 0; i < 300; i++) {
                holdfast.start(BRIEF, "d", Start.now().lane("talk").delay(Duration.ofSeconds(1)));
            }
            startOthers(1, 2);
            await("both others execute").atMost(SOON).until(() -> others.getCount() == 0);
            sql.rollback();
        }
        mayRecord.countDown();
    }

    @Test
    void aMessageForARunThatNobodyHoldsAndSomebodyLocksKeepsNobodyWaiting() throws Exception {
        RunHandle<String> run = holdfast.start(RESTS, "e");
        String mine = "id = '" + run.id().uuid() + "'";
        await("nobody holds it")
                .atMost(LONG)
                .until(() -> !all("SELECT 1 FROM holdfast.runs WHERE state = 'BLOCKED' AND holder_number IS NULL AND "
                                + mine)
                        .isEmpty());
        try (Connection sql = DriverManager.getConnection(database.jdbcUrl())) {
            sql.setAutoCommit(false);
            execute(sql, "SELECT 1 FROM holdfast.runs WHERE " + mine + " FOR NO KEY UPDATE");
            execute("INSERT INTO holdfast.inbox (run, id, kind) VALUES ('"
                    + run.id().uuid() + "', gen_random_uuid(), 'CANCEL')");
            startOthers(1, 4);
            await("both others execute").atMost(SOON).until(() -> others.getCount() == 0);
            assertThat(all("SELECT 1 FROM holdfast.inbox")).hasSize(1);
            sql.rollback();
        }
        holdfast.start(OTHER, "o", Start.now().delay(Duration.ofSeconds(1)));
        assertThatThrownBy(() -> run.join(LONG)).isInstanceOf(RunFailed.class).hasMessageContaining("CANCELLED");
    }

    private void startOthers(int... seconds) {
        for (int each : seconds) holdfast.start(OTHER, "o", Start.now().delay(Duration.ofSeconds(each)));
    }

    private void execute(String text) throws SQLException {
        try (Connection sql = DriverManager.getConnection(database.jdbcUrl())) {
            execute(sql, text);
        }
    }

    /** Others are promoted after this has come and been looked at. */
    private void whileItIsLocked(RunHandle<String> run, String comes) throws Exception {
        inside.await();
        try (Connection sql = DriverManager.getConnection(database.jdbcUrl())) {
            sql.setAutoCommit(false);
            execute(sql, "SELECT 1 FROM holdfast.runs WHERE id = '" + run.id().uuid() + "' FOR NO KEY UPDATE");
            mayRecord.countDown();
            await("the record waits")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(LONG)
                    .until(() -> !all("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                            .isEmpty());
            all(comes);
            startOthers(3, 4);
            await("both others execute").atMost(LONG).until(() -> others.getCount() == 0);
            assertThat(all("SELECT 1 FROM holdfast.steps")).as("it still waits").isEmpty();
            sql.rollback();
        }
    }

    private static void execute(Connection sql, String text) throws SQLException {
        try (var statement = sql.createStatement()) {
            statement.execute(text);
        }
    }

    private List<String> all(String question) {
        return database.server().query(database.name(), question).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }
}
