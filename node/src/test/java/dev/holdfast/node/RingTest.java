package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Who watches whom. */
class RingTest {
    @Test
    void eachWatchesTheNextOneAndTheLastOneTheFirst() {
        Ring ring = ring(3, 7, 12);

        assertThat(ring.nodes())
                .extracting(ring::watchedBy)
                .containsExactly(OptionalLong.of(7), OptionalLong.of(12), OptionalLong.of(3));
    }

    @Test
    void whoIsAloneWatchesNobody() {
        Ring ring = ring(7);

        assertThat(ring.watchedBy(ring.nodes().getFirst())).isEmpty();
    }

    private static Ring ring(long... numbers) {
        List<Ring.Node> nodes = LongStream.of(numbers)
                .mapToObj(number -> new Ring.Node(number, "", "", Instant.EPOCH, Duration.ZERO, 0, new TreeMap<>()))
                .toList();
        return new Ring(numbers[0], nodes, List.of());
    }
}
