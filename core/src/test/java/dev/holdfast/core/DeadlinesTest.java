package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Deadlines.Name;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void theNextIsTheEarliest() {
        var two = Deadlines.NONE.with(Name.MAX_DURATION, NOW.plusSeconds(9)).with(Name.STOP, NOW.plusSeconds(3));
        assertThat(two.next()).contains(NOW.plusSeconds(3));
        assertThat(two.without(Name.STOP).next()).contains(NOW.plusSeconds(9));
        assertThat(Deadlines.NONE.next()).isEmpty();
    }

    @Test
    void oneIsDueAtItsInstantAndNotBefore() {
        var one = Deadlines.NONE.with(Name.STOP, NOW);
        assertThat(one.due(NOW.minusNanos(1))).isEmpty();
        assertThat(one.due(NOW)).contains(Name.STOP);
    }

    @Test
    void ofTwoAtOnceTheFirstDeclaredComesFirst() {
        var both = Deadlines.NONE.with(Name.STOP, NOW).with(Name.TTL, NOW);
        assertThat(both.due(NOW)).contains(Name.TTL);
    }

    @Test
    void nobodyChangesThemFromOutside() {
        var map = new HashMap<>(Map.of(Name.STOP, NOW));
        var deadlines = new Deadlines(map);
        map.clear();
        assertThat(deadlines).isEqualTo(Deadlines.NONE.with(Name.STOP, NOW));
        assertThatThrownBy(() -> deadlines.byName().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
