package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Unavailable;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.RunStream;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream whose reader is a node that loses its place, or its database, and comes back. */
@ProcessTest
@Timeout(120)
final class StreamRejoinTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String DATABASE = "mine";
    private static final Signal<Boolean> GO = Signal.named("go", Boolean.class);
    private static final Task<String, String> TALK = Task.named("talk", String.class, String.class);

    private static String talk(Context ctx, String input) {
        ctx.send("before ");
        ctx.await(GO);
        ctx.send("after");
        return input;
    }

    /** The same node comes back when the database answers again. */
    @Test
    void aStreamGoesOnWhenTheDatabaseAnswersAgain() throws Exception {
        talk((server, node) -> {
            server.pause();
            await("it has stopped").atMost(LONG).until(() -> State.of(node).equals("fenced"));
            server.resume();
        });
    }

    @Test
    void aStreamGoesOnInTheNodeThatTheProcessBecomes() throws Exception {
        talk((server, node) -> {
            long number = node.ring().own();
            server.query(
                    DATABASE,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%'");
            await("it is another one")
                    .atMost(LONG)
                    .until(() -> State.serves(node) && node.ring().own() > number);
        });
    }

    @Test
    void theStreamOfANodeThatIsClosedEndsWithThat() throws Exception {
        try (var server = LocalPostgres.temporary(Settings.standard())) {
            server.createDatabase(DATABASE);
            var node = node(server);
            RunStream stream = node.start(TALK, "r").stream();
            var pieces = new LinkedBlockingQueue<String>();
            FutureTask<String> reading = reading(stream, pieces);
            assertThat(pieces.poll(LONG.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo("before ");
            node.close();
            assertThatThrownBy(reading::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            Unavailable.class, e -> assertThat(e.code()).isEqualTo("closing"));
        }
    }

    private interface Trouble {
        void happens(LocalPostgres server, Holdfast node) throws InterruptedException;
    }

    private static void talk(Trouble trouble) throws Exception {
        try (var server = LocalPostgres.temporary(Settings.standard())) {
            server.createDatabase(DATABASE);
            try (var node = node(server)) {
                RunHandle<String> run = node.start(TALK, "r");
                RunStream stream = run.stream();
                var pieces = new LinkedBlockingQueue<String>();
                FutureTask<String> reading = reading(stream, pieces);
                assertThat(pieces.poll(LONG.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo("before ");

                trouble.happens(server, node);

                await("it serves again").atMost(LONG).until(() -> State.serves(node));
                run.signal(GO, true);
                assertThat(reading.get(LONG.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo("before after");
            }
        }
    }

    private static Holdfast node(LocalPostgres server) {
        return Holdfast.cluster(
                ClusterOptions.at(server.url(DATABASE).toString()),
                NodeOptions.defaults(),
                List.of(TALK.handle(StreamRejoinTest::talk)));
    }

    private static FutureTask<String> reading(RunStream stream, BlockingQueue<String> pieces) {
        var reading = new FutureTask<>(() -> {
            for (String piece : stream) pieces.add(piece);
            return stream.text();
        });
        Thread.ofVirtual().start(reading);
        return reading;
    }
}
