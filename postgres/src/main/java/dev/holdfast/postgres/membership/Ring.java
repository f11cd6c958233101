package dev.holdfast.postgres.membership;

import java.util.List;
import java.util.Optional;

/** The order in which nodes wait for each other: by number, the last one for the first. It only saves time. */
final class Ring {
    private Ring() {}

    /** Whom this node waits for. */
    static Optional<NodeRow> successor(long number, List<NodeRow> others) {
        Optional<NodeRow> above =
                others.stream().filter(row -> row.number() > number).findFirst();
        return above.or(
                () -> others.stream().filter(row -> row.number() < number).findFirst());
    }
}
