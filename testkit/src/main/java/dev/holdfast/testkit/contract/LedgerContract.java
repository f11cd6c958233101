package dev.holdfast.testkit.contract;

import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.testkit.TestStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every {@link dev.holdfast.engine.port.Ledger} must do. A ledger's own test extends this and says how it is opened:
 *
 * <pre>{@code
 * final class SqliteLedgerTest extends LedgerContract {
 *     @TempDir Path folder;
 *
 *     @Override
 *     protected TestStore open(Clock clock, Ids ids) { ... }
 * }
 * }</pre>
 */
public abstract class LedgerContract
        implements FenceContract,
                ContentContract,
                RequestContract,
                KeyContract,
                DebounceContract,
                ClaimContract,
                LaneContract,
                QueueContract,
                RateContract,
                LaneStoryContract,
                SuspectContract,
                InboxContract,
                WaitContract,
                TickContract,
                NodesContract,
                ScheduleContract,
                RetentionContract,
                ReadContract,
                CrowdContract {
    private @Nullable Lab lab;

    /** Boots. A second call in one test comes after the first store was closed, and boots again on the same data. */
    protected abstract TestStore open(Clock clock, Ids ids);

    @BeforeEach
    void openLab() {
        lab = new Lab(this::open);
    }

    @AfterEach
    void closeLab() {
        if (lab != null) lab.close();
    }

    @Override
    public final Lab lab() {
        if (lab == null) throw new IllegalStateException("no test is running");
        return lab;
    }
}
