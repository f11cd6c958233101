package dev.holdfast.sql;

import dev.holdfast.core.RunId;
import java.util.Comparator;

/** A place in the order of claims. */
public record Place(RunId id, long at) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
            Comparator.comparingLong(Place::at).thenComparing(Place::id);

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
