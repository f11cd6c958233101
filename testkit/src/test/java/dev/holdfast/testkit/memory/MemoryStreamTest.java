package dev.holdfast.testkit.memory;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.RowFencedContract;

final class MemoryStreamTest extends RowFencedContract {
    private final MemoryDisk disk = new MemoryDisk();

    @Override
    protected TestStore open(Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids);
    }
}
