package dev.holdfast.nats;

import dev.holdfast.core.RunId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where entries are in JetStream, of those that were met lately. What is not here is looked for. */
final class Positions {
    private static final int MOST = 20_000;

    private final Map<Key, Position> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Position> eldest) {
            return size() > MOST;
        }
    };

    private record Key(RunId run, long number) {}

    /**
     * A message.
     *
     * @param sequence of it
     * @param last the number of its last entry
     * @param epoch that has appended it
     */
    record Position(long sequence, long last, long epoch) {
        static Position of(Wire.Found message) {
            return new Position(
                    message.sequence(),
                    message.parcel().last(),
                    message.parcel().epoch());
        }
    }

    /** Entry {@code number} is in this message. */
    synchronized void put(RunId run, long number, Position position) {
        known.put(new Key(run, number), position);
    }

    synchronized Optional<Position> of(RunId run, long number) {
        return Optional.ofNullable(known.get(new Key(run, number)));
    }
}
