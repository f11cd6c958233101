package dev.holdfast.testkit.memory;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.LedgerContract;
import dev.holdfast.testkit.contract.StoredTimeContract;

final class MemoryLedgerTest extends LedgerContract implements StoredTimeContract {
    private final MemoryDisk disk = new MemoryDisk();

    @Override
    protected TestStore open(Clock clock, Ids ids) {
        return MemoryStore.open(disk, clock, ids);
    }
}
