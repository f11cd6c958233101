package dev.holdfast.nats;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.StreamLog.Fencing;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.OpeningFencedContract;
import dev.holdfast.testkit.memory.MemoryDisk;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Each test has a stream of its own, on one server. */
@NeedsNats
final class NatsStreamTest extends OpeningFencedContract {
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static LocalNats server;

    private final MemoryDisk disk = new MemoryDisk(Fencing.BY_OPENING);
    private String origin = "";

    @BeforeAll
    static void start() {
        server = LocalNats.single();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected TestStore open(Clock clock, Ids ids) {
        if (origin.isEmpty()) origin = "test-" + TESTS.incrementAndGet();
        return Site.open(server.url(), origin, disk, clock, ids);
    }
}
