package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Schedule;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * All hints are off: those of a node to itself, and those between nodes, which the database takes and forgets. Everything that
 * wakes something still does, at the next look.
 */
@ProcessTest
final class UnheardTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();
    private static final Namespace HOME = Namespace.DEFAULT;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private static final Signal<Boolean> GO = Signal.named("go", Boolean.class);
    private static final Task<String, String> ECHO = Task.named("echo", String.class, String.class);
    private static final Task<String, String> GIVEN_UP =
            Task.named("given-up", String.class, String.class).giveUpAfter(AT_ONCE);
    private static final Task<String, String> HELD =
            Task.named("held", String.class, String.class).giveUpAfter(LONG);
    private static final Task<String, String> TOKEN = Task.named("token", String.class, String.class);
    private static final Task<String, String> PARENT =
            Task.named("parent", String.class, String.class).giveUpAfter(AT_ONCE);
    private static final Task<String, String> SLEEPER =
            Task.named("sleeper", String.class, String.class).giveUpAfter(AT_ONCE);
    private static final Task<String, String> LONG_STEP = Task.named("long-step", String.class, String.class);
    private static final Task<String, String> TALK =
            Task.named("talk", String.class, String.class).queue("talks").serialLane(turn -> "one");
    private static final Task<String, String> PAUSED =
            Task.named("paused", String.class, String.class).queue("paused");

    private final LinkedBlockingQueue<String> tokens = new LinkedBlockingQueue<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final List<Handler<?, ?>> hosted = List.of(
            ECHO.handle((ctx, in) -> {
                ctx.send(String.valueOf(in));
                return in;
            }),
            GIVEN_UP.handle((ctx, in) -> in + ctx.await(GO)),
            HELD.handle((ctx, in) -> in + ctx.await(GO)),
            TOKEN.handle((ctx, in) -> {
                var token = ctx.token("paid", String.class, LONG);
                tokens.add(token.id());
                return token.await().orElse("nothing");
            }),
            PARENT.handle((ctx, in) -> ctx.call(ECHO, "child of " + in)),
            SLEEPER.handle((ctx, in) -> {
                ctx.sleep(Duration.ofMillis(300));
                return in;
            }),
            LONG_STEP.handle((ctx, in) -> {
                ctx.step("long", s -> {
                    if (s.epoch() == 1) never.await();
                });
                return in;
            }),
            TALK.handle((ctx, in) -> in),
            PAUSED.handle((ctx, in) -> in));

    /** Whatever one node says to another is counted and forgotten. */
    @BeforeAll
    static void forget() {
        ask("ALTER FUNCTION pg_catalog.pg_notify(text, text) RENAME TO pg_notify_heard");
        ask("CREATE SEQUENCE public.unheard");
        ask("CREATE FUNCTION pg_catalog.pg_notify(text, text) RETURNS void LANGUAGE sql"
                + " AS 'SELECT nextval(''public.unheard'')'");
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void withoutAnyHintEverythingCompletesLater() throws InterruptedException {
        String url = DATABASE.url().toString();
        try (var worker = Unheard.node(url, 12, hosted);
                var asked = Unheard.node(url, 0, hosted)) {
            var client = asked.client();
            var runs = asked.engine();
            runs.change(HOME, "paused", QueueChange.pause(null), null);
            var paused = client.start(PAUSED, "p");
            var givenUp = client.start(GIVEN_UP, "g");
            var held = client.start(HELD, "h");
            var token = client.start(TOKEN, "t");
            var parent = client.start(PARENT, "n");
            var sleeper = client.start(SLEEPER, "s");
            var stuck = client.start(LONG_STEP, "l");
            var turns = new ArrayList<RunHandle<String>>();
            for (int i = 0; i < 3; i++) turns.add(client.start(TALK, "turn " + i));
            client.schedule(Schedule.named("often").cron("* * * * * *").task(ECHO, "fired"));

            assertThat(watched(asked, client.start(ECHO, "seen"))).contains("seen");
            awaitState(givenUp, RunState.BLOCKED);
            awaitState(held, RunState.BLOCKED);
            awaitState(stuck, RunState.RUNNING);
            givenUp.signal(GO, true);
            held.signal(GO, true);
            String id = tokens.poll(LONG.toSeconds(), TimeUnit.SECONDS);
            client.complete(String.valueOf(id), "paid", null);
            runs.cancel(HOME, stuck.id(), null);
            runs.change(HOME, "paused", QueueChange.resume(null), null);

            long begun = System.nanoTime();
            assertThat(givenUp.join(LONG)).contains("gtrue");
            assertThat(held.join(LONG)).contains("htrue");
            assertThat(token.join(LONG)).contains("paid");
            assertThat(parent.join(LONG)).contains("child of n");
            assertThat(sleeper.join(LONG)).contains("s");
            assertThat(paused.join(LONG)).contains("p");
            for (int i = 0; i < 3; i++) assertThat(turns.get(i).join(LONG)).contains("turn " + i);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("later by some looks, and not only when nobody waits any more")
                    .isLessThan(LONG);
            awaitState(stuck, RunState.FINISHED);
            assertThat(stuck.show().progress().outcome()).isEqualTo(Outcome.CANCELLED);
            await("the schedule has fired")
                    .atMost(LONG)
                    .until(() -> runs.list(HOME, RunFilter.ALL, null, 100).stream()
                            .anyMatch(run -> run.origin().toString().contains("often")));
            client.unschedule("often");
            assertThat(worker.lost()).isPositive();
            assertThat(asked.lost()).isPositive();
        }
        assertThat(unheard()).as("words between nodes").isPositive();
    }

    @Test
    void withoutAnyHintTheDeadAreFoundAndWhatTheyHadGoesOn() throws InterruptedException {
        String url = DATABASE.url().toString();
        try (var dying = Unheard.node(url, 4, hosted);
                var asked = Unheard.node(url, 0, hosted)) {
            var run = asked.client().start(LONG_STEP, "l");
            awaitState(run, RunState.RUNNING);
            try (var survivor = Unheard.node(url, 4, hosted)) {
                dying.die();
                assertThat(run.join(LONG)).contains("l");
                assertThat(survivor.lost()).isPositive();
            }
        }
    }

    /** What a watcher on the node that was asked is sent, up to the end. */
    private static String watched(Unheard node, RunHandle<String> run) throws InterruptedException {
        var seen = new StringBuilder();
        try (var watch = node.engine().watch(HOME, run.id(), null)) {
            long until = System.nanoTime() + LONG.toNanos();
            while (!watch.ended() && System.nanoTime() - until < 0) {
                watch.next(Duration.ofSeconds(2)).ifPresent(frame -> seen.append(frame.data()));
            }
            assertThat(watch.ended()).as("the watch has ended").isTrue();
        }
        return seen.toString();
    }

    private static void awaitState(RunHandle<?> run, RunState state) {
        await(run.id() + " is " + state)
                .atMost(LONG)
                .until(() -> run.show().progress().state() == state);
    }

    private static long unheard() {
        return Long.parseLong(ask("SELECT last_value FROM public.unheard"));
    }

    private static String ask(String sql) {
        var rows = DATABASE.server().query(DATABASE.name(), sql);
        return rows.isEmpty() ? "" : String.valueOf(rows.getFirst().getFirst());
    }
}
