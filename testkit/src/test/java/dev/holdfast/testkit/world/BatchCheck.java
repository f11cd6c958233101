package dev.holdfast.testkit.world;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.Started;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** All runs of a batch are there at once and once, or none is, and who has asked for it was told just that. */
final class BatchCheck {
    /** A run of a batch has one tag, which says of how many: {@code batch 1.3 of 5}. */
    static final String TAG = "batch ";

    private BatchCheck() {}

    static List<String> violations(List<Event> events) {
        var found = new ArrayList<String>();
        var batches = new TreeMap<String, List<RunId>>();
        Set<String> told = new HashSet<>();
        String before = "";
        for (Event event : events) {
            String batch = event instanceof Event.Began began ? batch(began) : "";
            if (!batch.equals(before)) whole(before, batches, found);
            before = batch;
            switch (event) {
                case Event.Began began
                when !batch.isEmpty() ->
                    batches.computeIfAbsent(batch, b -> new ArrayList<>())
                            .add(began.run().id());
                case Event.Told answer
                when answer.request().startsWith(TAG) -> {
                    told.add(answer.request());
                    var ids = answer.runs().stream().map(Started::id).toList();
                    var there = batches.getOrDefault(answer.request(), List.of());
                    if (!ids.equals(there)) found.add(answer.request() + ": told " + ids + ", there are " + there);
                }
                case Event.Refusal refusal
                when batches.containsKey(refusal.request()) ->
                    found.add(refusal.request() + ": it was refused, and there are " + batches.get(refusal.request()));
                case Event.Over over ->
                    batches.keySet().stream()
                            .filter(name -> !told.contains(name))
                            .forEach(name -> found.add(name + ": nobody was told of it"));
                default -> {}
            }
        }
        whole(before, batches, found);
        return found;
    }

    private static String batch(Event.Began began) {
        List<String> tags = began.run().origin().tags();
        boolean isRerun = began.run().origin().rerun() != null;
        return !isRerun && tags.size() == 1 && tags.getFirst().startsWith(TAG) ? tags.getFirst() : "";
    }

    /** Nothing else has happened since its first run began: now it must be complete. */
    private static void whole(String batch, Map<String, List<RunId>> batches, List<String> found) {
        if (batch.isEmpty()) return;
        int size = Integer.parseInt(batch.substring(batch.lastIndexOf(' ') + 1));
        var there = batches.getOrDefault(batch, List.of());
        if (there.size() != size) found.add(batch + ": there are " + there.size() + " of it: " + there);
    }
}
