package dev.holdfast.testkit.memory;

import dev.holdfast.engine.port.StoredSchedule.Seen;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ledgers that are wrong about schedules. */
final class ScheduleMutants {
    private ScheduleMutants() {}

    static final class FiresAgain extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean isAsSeen(@Nullable Seen present, @Nullable Seen seen) {
                    return true;
                }
            };
        }
    }

    static final class FiresOldDefinitions extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean isAsSeen(@Nullable Seen present, @Nullable Seen seen) {
                    if (present == null || seen == null) return present == null && seen == null;
                    return Objects.equals(present.next(), seen.next());
                }
            };
        }
    }
}
