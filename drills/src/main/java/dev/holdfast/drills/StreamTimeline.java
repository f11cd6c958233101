package dev.holdfast.drills;

import dev.holdfast.drills.StreamTakeover.Round;
import dev.holdfast.drills.Timeline.Epoch;
import dev.holdfast.drills.Timeline.Mark;
import dev.holdfast.drills.Timeline.Tick;
import dev.holdfast.drills.Timeline.Track;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What happened when, for a picture: a line for each node, and one for each kind of recital, one after the other. */
final class StreamTimeline {
    private final Fleet fleet;
    private final List<Round> rounds;
    private final Map<String, List<WatchAccount>> accounts;

    StreamTimeline(Fleet fleet, List<Round> rounds, Map<String, List<WatchAccount>> accounts) {
        this.fleet = fleet;
        this.rounds = rounds;
        this.accounts = accounts;
    }

    Timeline timeline() {
        var lives = fleet.all().stream().map(ClusterTimeline::life).toList();
        long from = lives.stream().mapToLong(Timeline.Life::started).min().orElseGet(System::currentTimeMillis);
        var tracks = new ArrayList<Track>();
        for (Piece.Kind kind : Piece.Kind.values()) tracks.add(track(kind));
        return new Timeline(from, System.currentTimeMillis(), lives, tracks, List.of(), marks());
    }

    /** What did not end a process, which its life tells. */
    private List<Mark> marks() {
        return rounds.stream()
                .map(Round::strike)
                .filter(strike -> !strike.isDeath())
                .flatMap(strike -> strike.victim().stream()
                        .map(node -> new Mark(strike.at().toEpochMilli(), node.label())))
                .toList();
    }

    private Track track(Piece.Kind kind) {
        var labels = new LinkedHashMap<Long, String>();
        fleet.all().forEach(node -> labels.put(node.pid(), node.label()));
        var epochs = new ArrayList<Epoch>();
        var ticks = new ArrayList<Tick>();
        for (Round round : rounds)
            for (Piece piece : round.all()) {
                var seen = accounts.getOrDefault(piece.run(), List.of());
                if (piece.kind() != kind || seen.isEmpty()) continue;
                WatchAccount account = seen.getFirst();
                var standing = new HashSet<>(account.standing());
                var byPid = new LinkedHashMap<Long, List<Line>>();
                Piece.lines(account).forEach(line -> {
                    byPid.computeIfAbsent(line.pid(), p -> new ArrayList<>()).add(line);
                    ticks.add(new Tick(line.seen().at(), standing.contains(line.seen())));
                });
                byPid.forEach((pid, lines) -> epochs.add(new Epoch(
                        labels.getOrDefault(pid, "?"),
                        lines.getFirst().seen().at(),
                        lines.getLast().seen().at())));
            }
        return new Track(kind.name().toLowerCase(Locale.ROOT), epochs, ticks, null);
    }
}
