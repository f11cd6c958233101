package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many who send at once, and a wait without an end, on a real ledger. */
class CrowdedWaitsTest {
    private static final Task<Integer, Integer> TASK = Task.named("task", Integer.class, Integer.class);
    private static final Signal<Integer> GO = Signal.named("go", Integer.class);
    private static final Signal<Integer> END = Signal.named("end", Integer.class);

    @TempDir
    private Path folder;

    @Test
    void a_sleep_without_an_end_is_given_up_once() throws Exception {
        var calls = new AtomicInteger();
        try (var holdfast = Holdfast.open(folder, TASK.handle((ctx, n) -> {
            calls.incrementAndGet();
            ctx.sleepUntil(Instant.MAX);
            return n;
        }))) {
            var run = holdfast.start(TASK, 1);
            run.join(Duration.ofSeconds(4));
            assertThat(calls).as(run.explain()).hasValue(1);
        }
    }

    @Test
    void signals_that_come_together_are_kept_once() throws Exception {
        var got = new CopyOnWriteArrayList<Integer>();
        try (var holdfast =
                Holdfast.open(folder, TASK.giveUpAfter(Duration.ZERO).handle((ctx, n) -> {
                    // It is called again in each epoch, and takes the same ones again.
                    got.clear();
                    ctx.await(END);
                    while (true) {
                        Optional<Integer> next = ctx.await(GO, Duration.ZERO);
                        if (next.isEmpty()) return got.size();
                        got.add(next.get());
                    }
                }))) {
            var run = holdfast.start(TASK, 1);
            run.join(Duration.ofMillis(500));
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 8; t++) {
                int from = 25 * t;
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = from; i < from + 25; i++) run.signal(GO, i);
                }));
            }
            for (Thread thread : threads) thread.join();
            run.join(Duration.ofMillis(1500));
            run.signal(END, 1);
            run.join(Duration.ofSeconds(20));
            assertThat(List.copyOf(got)).doesNotHaveDuplicates().hasSize(200);
        }
    }
}
