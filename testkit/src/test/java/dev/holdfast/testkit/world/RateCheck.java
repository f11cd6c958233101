package dev.holdfast.testkit.world;

import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** No time of the length of a queue's rate has more claims of it than the rate says, and a paused queue gives none. */
final class RateCheck {
    private RateCheck() {}

    static List<String> violations(List<Event> events) {
        var found = new ArrayList<String>();
        var queues = new TreeMap<String, Queue>();
        for (Event event : events) {
            switch (event) {
                case Event.QueueSet set -> of(queues, set.queue()).become(set);
                case Event.Claimed claimed ->
                    of(queues, claimed.run().place().queue()).claimed(claimed, found);
                default -> {}
            }
        }
        return found;
    }

    private static Queue of(Map<String, Queue> queues, String name) {
        return queues.computeIfAbsent(name, n -> new Queue());
    }

    /** One queue, as its changes have made it so far. */
    private static final class Queue {
        private QueueSettings settings = QueueSettings.NONE;
        private boolean isPaused;
        /** Those that are known for sure, the oldest first: a rate need not know more than it counts. */
        private final List<Instant> claims = new ArrayList<>();

        void become(Event.QueueSet set) {
            if (!(set.what() instanceof QueueChange.OfQueue what)) return;
            settings = what.over(settings);
            if (what.isPaused() != null) isPaused = what.isPaused();
            forget();
        }

        private void forget() {
            Rate rate = settings.rate();
            int known = rate == null ? 0 : rate.count();
            while (claims.size() > known) claims.removeFirst();
        }

        void claimed(Event.Claimed event, List<String> found) {
            if (isPaused) found.add(event.run().id() + ": it was claimed at " + event.at() + " in a paused queue");
            Rate rate = settings.rate();
            if (rate == null) return;
            long others = claims.stream()
                    .filter(at -> Duration.between(at, event.at()).compareTo(rate.per()) < 0)
                    .count();
            if (others >= rate.count()) {
                found.add(event.run().id() + ": it is claim " + (others + 1) + " within " + rate.per() + " at "
                        + event.at() + ", and the rate is " + rate);
            }
            claims.add(event.at());
            forget();
        }
    }
}
