package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Of ledgers that are one process's: it keeps the time itself, and remembers it. Where there are several nodes, the database
 * keeps the time.
 */
public interface StoredTimeContract extends Contract {
    @Test
    default void timeNeverGoesBackwards() {
        Lab lab = lab();
        lab.clock.pass(Duration.ofHours(1));
        var now = lab.ledger().now();
        lab.queued("t");
        lab.clock.pass(Duration.ofHours(-1));
        assertThat(lab.ledger().now()).isEqualTo(now);
        lab.reboot();
        assertThat(lab.ledger().now()).as("not before what is stored").isEqualTo(now);
        // However a ledger waits for the machine's clock: a day later they are one again.
        lab.clock.pass(Duration.ofHours(24));
        assertThat(lab.ledger().now()).isEqualTo(lab.clock.now());
    }
}
