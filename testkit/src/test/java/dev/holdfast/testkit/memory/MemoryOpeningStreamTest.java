package dev.holdfast.testkit.memory;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.StreamLog.Fencing;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.OpeningFencedContract;

final class MemoryOpeningStreamTest extends OpeningFencedContract {
    private final MemoryDisk disk = new MemoryDisk(Fencing.BY_OPENING);

    @Override
    protected TestStore open(Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids);
    }
}
