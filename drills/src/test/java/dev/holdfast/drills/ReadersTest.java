package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.drills.Readers.Cursor;
import dev.holdfast.drills.Readers.Told;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What readers of a late replica were told, and what was counted of it. */
class ReadersTest {
    private static final Api.Answer REFUSED = new Api.Answer(503, "", "{\"code\":\"replica_unavailable\"}");

    @Test
    void who_was_answered_by_whom_is_counted_exactly() {
        var expected = Map.of("replica_miss primary", 1L);
        told(3, expected).demandAnswers("it is late", expected);

        assertThatIllegalStateException()
                .isThrownBy(() -> told(3, Map.of()).demandAnswers("it is late", expected))
                .withMessageContaining("were counted as {} and not as {replica_miss primary=1}");
        assertThatIllegalStateException()
                .isThrownBy(() -> told(3, Map.of("replica_miss primary", 2L)).demandAnswers("it is late", expected));
    }

    @Test
    void nobody_is_told_less_than_he_knows() {
        assertThatIllegalStateException()
                .isThrownBy(() -> told(2, Map.of()).demandAnswers("it is late", Map.of()))
                .withMessageContaining("when it is late, a reader at Cursor[run=r, seq=3, told=0] was told");
    }

    @Test
    void a_refusal_is_counted_as_one_and_nobody_else_is_asked() {
        refused(Map.of("replica_unavailable failed", 1L)).demandRefusals("replica_unavailable", "replica_unavailable");

        assertThatIllegalStateException()
                .isThrownBy(() -> refused(Map.of("replica_unavailable failed", 1L, "replica_miss primary", 1L))
                        .demandRefusals("replica_unavailable", "replica_unavailable"));
        assertThatIllegalStateException()
                .isThrownBy(() -> told(3, Map.of("replica_unavailable failed", 1L))
                        .demandRefusals("replica_unavailable", "replica_unavailable"));
    }

    @Test
    void who_was_asked_is_what_the_servers_tell_and_not_the_node() {
        asked(0, 1).demandReplicaAlone("it is there");
        asked(1, 2).demandPrimary("it is late");
        asked(0, 0).demandPrimaryUnasked("it is down");

        assertThatIllegalStateException()
                .isThrownBy(() -> asked(1, 1).demandReplicaAlone("it is there"))
                .withMessage("when it is there, the primary was asked, by its own log as often as: {r=1}");
        assertThatIllegalStateException().isThrownBy(() -> asked(0, 0).demandReplicaAlone("it is there"));
        assertThatIllegalStateException().isThrownBy(() -> asked(0, 2).demandPrimary("it is late"));
        assertThatIllegalStateException().isThrownBy(() -> asked(1, 0).demandPrimaryUnasked("it is down"));
    }

    private static Told asked(long primary, long replica) {
        return new Told(List.of(), List.of(), Map.of(), Map.of("r", primary), Map.of("r", replica));
    }

    private static Told told(long seq, Map<String, Long> counted) {
        return new Told(
                List.of(new Cursor("r", 3)),
                List.of(new Api.Answer(200, "", "{\"seq\":" + seq + "}")),
                counted,
                Map.of(),
                Map.of());
    }

    private static Told refused(Map<String, Long> counted) {
        return new Told(List.of(new Cursor("r", 3)), List.of(REFUSED), counted, Map.of(), Map.of());
    }

    @Test
    void a_counter_is_read_of_the_page_of_metrics() {
        assertThat(Readers.parse("""
                # TYPE holdfast_replica_unavailable_total counter
                holdfast_replica_unavailable_total{otel_scope_name="holdfast",outcome="failed"} 3.0
                holdfast_snapshots_since_replica_miss_total{outcome="primary"} 12
                holdfast_runs_started_total 7
                """)).isEqualTo(Map.of("replica_unavailable failed", 3L, "replica_miss primary", 12L));
    }
}
