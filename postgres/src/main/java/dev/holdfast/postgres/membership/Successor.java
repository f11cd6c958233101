package dev.holdfast.postgres.membership;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** The order in which nodes wait for each other: by number, the last one for the first. It only saves time. */
public final class Successor {
    private Successor() {}

    /**
     * Whom a node waits for; empty if there is no other.
     *
     * @param number of the node
     * @param nodes all or all others, by their numbers
     * @param numberOf one of them
     */
    public static <T> Optional<T> of(long number, List<T> nodes, ToLongFunction<T> numberOf) {
        Optional<T> above = nodes.stream()
                .filter(node -> numberOf.applyAsLong(node) > number)
                .findFirst();
        return above.or(() -> nodes.stream()
                .filter(node -> numberOf.applyAsLong(node) < number)
                .findFirst());
    }
}
