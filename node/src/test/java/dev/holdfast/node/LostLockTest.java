package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A node that loses nothing but the session with its lock, while the server and all of its other sessions live. */
@ProcessTest
final class LostLockTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String DATABASE = "mine";
    private static final String END = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            + " AND granted AND objsubid = 2 AND objid = %d";
    private static final Task<String, String> WORK = Task.named("work", String.class, String.class);

    private final AtomicInteger firsts = new AtomicInteger();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    @Test
    void itsCodeLeavesItComesBackAsAnotherNodeAndTheRunEndsOnce() throws InterruptedException {
        try (var server = LocalPostgres.temporary(Settings.standard())) {
            server.createDatabase(DATABASE);
            var at = ClusterOptions.at(server.url(DATABASE).toString());
            try (var node = Holdfast.cluster(at, NodeOptions.defaults(), List.of(work()))) {
                long number = node.ring().own();
                var run = node.start(WORK, "r");
                inside.await();

                server.query(DATABASE, END.formatted(number));

                assertThat(left.await(LONG.toSeconds(), TimeUnit.SECONDS))
                        .as("its code has left")
                        .isTrue();
                await("it is another node")
                        .atMost(LONG)
                        .until(() -> State.serves(node) && node.ring().own() > number);
                assertThat(run.join(LONG)).contains("r");
                assertThat(firsts).as("what was recorded is not done again").hasValue(1);
                assertThat(node.ring().takeovers())
                        .singleElement()
                        .satisfies(death -> assertThat(death.number()).isEqualTo(number));
                assertThat(server.query(DATABASE, "SELECT count(*) FROM holdfast.snapshots WHERE state = 'FINISHED'"))
                        .isEqualTo(List.of(List.of("1")));
            }
        }
    }

    private Handler<String, String> work() {
        return WORK.handle((ctx, input) -> {
            ctx.step("first", s -> {
                firsts.incrementAndGet();
            });
            ctx.step("second", s -> {
                if (s.epoch() > 1) return;
                inside.countDown();
                try {
                    never.await();
                } finally {
                    left.countDown();
                }
            });
            return input;
        });
    }
}
