package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured of a node is measured as long as there is one. */
class RingMetersTest {
    private final Gauges gauges = new Gauges();

    @Test
    void whoIsClosedOrCouldNotJoinIsMeasuredNoMore() {
        try (var database = TestDatabase.fresh()) {
            try (var node = node(database)) {
                assertThat(node.ring().nodes()).hasSize(1);
                assertThat(gauges.open()).containsExactly("holdfast.nodes");
            }
            assertThat(gauges.open()).isEmpty();

            database.server().query(database.name(), "DROP SEQUENCE holdfast.node_numbers CASCADE");
            assertThatThrownBy(() -> node(database)).isInstanceOf(HoldfastException.class);
            assertThat(gauges.open()).isEmpty();
        }
    }

    private Holdfast node(TestDatabase database) {
        return Holdfast.cluster(
                ClusterOptions.at(database.url().toString()),
                NodeOptions.defaults().engine(EngineOptions.defaults().meter(gauges)),
                List.of());
    }
}
