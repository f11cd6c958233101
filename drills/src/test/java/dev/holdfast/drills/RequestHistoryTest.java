package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who asks twice is given one run. */
class RequestHistoryTest {
    @Test
    void a_request_that_made_two_runs_is_found() {
        var history = new History();
        history.requested("r", "run_a");
        history.requested("r", "run_a");
        history.requested("s", "run_c");
        assertThat(history.violations()).isEmpty();

        history.requested("r", "run_b");
        assertThat(history.violations()).containsExactly("request 'r' has 2 runs: [run_a, run_b]");
    }
}
