package dev.holdfast.drills;

import dev.holdfast.drills.Diary.Entry;
import dev.holdfast.drills.Timeline.Epoch;
import dev.holdfast.drills.Timeline.Life;
import dev.holdfast.drills.Timeline.Mark;
import dev.holdfast.drills.Timeline.Tick;
import dev.holdfast.drills.Timeline.Track;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What happened when, for a picture: a line for each node, and one for each of the first clients with its runs. */
final class ClusterTimeline {
    private static final int CLIENTS = 6;

    private final List<Node> nodes;
    private final Evidence evidence;
    private final Map<Long, String> labels = new HashMap<>();

    ClusterTimeline(Fleet fleet, Evidence evidence) {
        this.nodes = fleet.all();
        this.evidence = evidence;
        for (Node node : nodes) labels.put(node.pid(), node.label());
    }

    Timeline timeline() {
        List<Entry> all = evidence.diary().entries();
        var lives = nodes.stream().map(ClusterTimeline::life).toList();
        long from = lives.stream().mapToLong(Life::started).min().orElseGet(System::currentTimeMillis);
        long to = all.isEmpty() ? System.currentTimeMillis() : all.getLast().micros() / 1_000;
        var starts = evidence.jobs().stream()
                .map(j -> j.ack().at().toEpochMilli())
                .sorted()
                .toList();
        return new Timeline(from, to, lives, tracks(), starts, marks());
    }

    static Life life(Node node) {
        var process = node.process();
        return new Life(
                node.label(),
                node.pid(),
                process.startedAt().toEpochMilli(),
                millis(process.readyAt()),
                millis(process.killedAt()));
    }

    /** What did not end a process, which its life tells. */
    private List<Mark> marks() {
        var labels = nodes.stream().map(Node::label).distinct().toList();
        return evidence.strikes().stream()
                .filter(s -> !s.isDeath())
                .flatMap(s -> s.node() == null
                        ? labels.stream().map(l -> new Mark(s.at().toEpochMilli(), l))
                        : Stream.of(new Mark(s.at().toEpochMilli(), s.node().label())))
                .toList();
    }

    private List<Track> tracks() {
        Map<String, List<Entry>> diary = evidence.diary().byRun();
        var tracks = new ArrayList<Track>();
        for (int client = 0; client < CLIENTS; client++) {
            int who = client;
            var epochs = new ArrayList<Epoch>();
            var ticks = new ArrayList<Tick>();
            evidence.jobs().stream().filter(j -> j.order().client() == who).forEach(job -> {
                List<Entry> entries = diary.getOrDefault(job.run(), List.of());
                epochs(entries, epochs);
                entries.stream()
                        .filter(Entry::ends)
                        .map(e -> new Tick(e.micros() / 1_000, true))
                        .forEach(ticks::add);
            });
            if (!epochs.isEmpty()) tracks.add(new Track("client " + (who + 1), epochs, ticks, null));
        }
        return tracks;
    }

    /** One that did not end its last step ended with its node. */
    private void epochs(List<Entry> entries, List<Epoch> epochs) {
        var spans = new LinkedHashMap<Long, Span>();
        for (Entry entry : entries) {
            spans.merge(entry.epoch(), new Span(entry, entry), (before, now) -> new Span(before.first(), now.last()));
        }
        for (Span span : spans.values()) {
            long end = span.last().begins()
                    ? struckAfter(span.last())
                    : span.last().micros();
            String label = labels.getOrDefault(span.first().pid(), "?");
            epochs.add(new Epoch(label, span.first().micros() / 1_000, end / 1_000));
        }
    }

    /** What an epoch wrote first and last. */
    private record Span(Entry first, Entry last) {}

    private long struckAfter(Entry entry) {
        return evidence.strikes().stream()
                .filter(s -> s.victim().filter(n -> n.pid() == entry.pid()).isPresent())
                .mapToLong(Strike::micros)
                .filter(at -> at >= entry.micros())
                .findFirst()
                .orElse(entry.micros());
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }
}
