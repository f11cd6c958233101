package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Notice;
import dev.holdfast.engine.port.Peers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class IsolationTest {
    private final Isolation isolation = new Isolation(Peers.alone(node(1)));
    private final Instant begin = Instant.parse("2026-01-01T00:00:00Z");

    private Company busyAt(Duration time, boolean suspectWaits) {
        isolation.look(suspectWaits ? begin : null, begin.plus(time));
        return isolation.company(true, false);
    }

    @Test
    void theDoorClosesForASuspectThatHasWaitedLongAndOpensWhenNoneWaits() {
        assertThat(busyAt(Duration.ofSeconds(29), true)).isEqualTo(Company.OTHERS);
        assertThat(busyAt(Duration.ofSeconds(30), true)).isEqualTo(Company.CLEARING);
        assertThat(isolation.company(false, false)).isEqualTo(Company.CLEARED);
        assertThat(isolation.company(false, true)).isEqualTo(Company.A_SUSPECT);
        assertThat(busyAt(Duration.ofSeconds(40), false)).isEqualTo(Company.OTHERS);
        assertThat(isolation.company(false, false)).isEqualTo(Company.NOBODY);
    }

    @Test
    void ofSeveralNodesOneAtMostClosesItsDoor() {
        var closed = new AtomicReference<@Nullable Holder>();
        var nodes = List.of(new Isolation(new OneDoor(node(1), closed)), new Isolation(new OneDoor(node(2), closed)));
        int both = 0;
        int[] times = {0, 0};
        for (int second = 0; second < 600; second++) {
            int now = 0;
            for (int i = 0; i < 2; i++) {
                nodes.get(i).look(begin, begin.plusSeconds(second));
                if (nodes.get(i).company(true, false) != Company.CLEARING) continue;
                now++;
                times[i]++;
            }
            if (now > 1) both++;
        }
        assertThat(both).isZero();
        assertThat(times).as("each has its turn").doesNotContain(0);
    }

    private static Holder node(long number) {
        return new Holder(Holder.Kind.NODE, number, number);
    }

    /** Nodes that share nothing but who of them has closed. */
    private record OneDoor(Holder node, AtomicReference<@Nullable Holder> closed) implements Peers {
        @Override
        public boolean isCluster() {
            return true;
        }

        @Override
        public int alive() {
            return 2;
        }

        @Override
        public boolean serving() {
            return true;
        }

        @Override
        public void announce(Map<String, Notice> hosted) {}

        @Override
        public Map<String, Notice> newest() {
            return Map.of();
        }

        @Override
        public Map<String, Set<String>> hosts() {
            return Map.of();
        }

        @Override
        public Hints.Listening onDeath(Consumer<Witness> look) {
            return () -> {};
        }

        @Override
        public boolean closeDoor() {
            return closed.compareAndSet(null, node) || node.equals(closed.get());
        }

        @Override
        public void openDoor() {
            closed.compareAndSet(node, null);
        }
    }

    @Test
    void othersGetAtLeastHalfOfTheTimeHoweverManySuspectsWait() {
        int closed = 0;
        int all = 3_600;
        for (int second = 0; second < all; second++) {
            if (busyAt(Duration.ofSeconds(second), true) == Company.CLEARING) closed++;
        }
        assertThat(closed).isBetween(all / 3, all / 2);
    }
}
