package dev.holdfast.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.client.LocalClient;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.RunStream;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ManualClock;
import dev.holdfast.testkit.SeededIds;
import dev.holdfast.testkit.memory.MemoryDisk;
import dev.holdfast.testkit.memory.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run that sends more than its stream takes. */
@Timeout(60)
class BackPressureTest {
    private static final Task<Integer, Integer> TALK = Task.named("talk", Integer.class, Integer.class);
    /** As many as wait to be stored at once. */
    private static final int ROOM = 1_000;

    private final CountDownLatch slow = new CountDownLatch(1);
    private final AtomicInteger sent = new AtomicInteger();
    private final CompletableFuture<Thread> sender = new CompletableFuture<>();

    @Test
    void a_run_that_sends_more_than_is_stored_waits_and_loses_nothing() throws Exception {
        var clock = new ManualClock();
        var ids = new SeededIds(42, clock);
        var store = MemoryStore.open(new MemoryDisk(), clock, ids);
        var ports = new Ports(
                store.ledger(),
                slow(store.stream()),
                new LocalHints(),
                new SystemThreads(),
                new SystemClock(),
                ids,
                Codec.json(),
                Peers.alone(store.node()));
        try (var engine = Engine.open(ports, EngineOptions.defaults(), List.of(TALK.handle(this::talk)));
                var client = new LocalClient(engine, ports, Namespace.DEFAULT)) {
            var run = client.start(TALK, 5 * ROOM);
            Rig.await("its code waits")
                    .atMost(Rig.LIMIT)
                    .until(() -> sent.get() == ROOM && sender.join().getState() == Thread.State.WAITING);
            assertThat(sent).hasValue(ROOM);

            slow.countDown();
            assertThat(run.join()).isEqualTo(5 * ROOM);
            var pieces = new ArrayList<String>();
            try (RunStream stream = run.stream()) {
                stream.forEach(pieces::add);
            }
            assertThat(pieces).hasSize(5 * ROOM);
            for (int i = 0; i < pieces.size(); i++) assertThat(pieces.get(i)).isEqualTo(i + "\n");
        }
    }

    private Integer talk(Context ctx, Integer count) {
        return ctx.step("send", Integer.class, scope -> {
            sender.complete(Thread.currentThread());
            for (int i = 0; i < count; i++) {
                scope.send(i);
                sent.incrementAndGet();
            }
            return count;
        });
    }

    private StreamLog slow(StreamLog log) {
        return (StreamLog) Proxy.newProxyInstance(
                StreamLog.class.getClassLoader(), new Class<?>[] {StreamLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append")) slow.await();
                    try {
                        return method.invoke(log, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
