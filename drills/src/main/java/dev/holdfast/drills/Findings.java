package dev.holdfast.drills;

import dev.holdfast.drills.RunAccount.Snap;
import dev.holdfast.drills.Timeline.Epoch;
import dev.holdfast.drills.Timeline.Life;
import dev.holdfast.drills.Timeline.Tick;
import dev.holdfast.drills.Timeline.Track;
import dev.holdfast.drills.WatchAccount.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects what can be seen when all is over, checks it, and makes the report of it. */
final class Findings {
    private static final Duration LATE = Duration.ofSeconds(20);
    private static final long MARGIN_MILLIS = 250;

    private final CrashDrill.Plan plan;
    private final Client client;
    private final List<CrashDrill.Count> counts;
    private final List<Shop.Sale> sales;
    private final History history = new History();
    private final Map<String, RunAccount> runs = new LinkedHashMap<>();
    private final Map<String, WatchAccount> early = new LinkedHashMap<>();
    private final Map<String, WatchAccount> late = new LinkedHashMap<>();

    Findings(CrashDrill.Plan plan, Client client, List<CrashDrill.Count> counts, List<Shop.Sale> sales) {
        this.plan = plan;
        this.client = client;
        this.counts = counts;
        this.sales = sales;
    }

    Report report(List<ServerProcess> processes, List<String> troubles) throws InterruptedException {
        List<Life> lives = processes.stream().map(Findings::life).toList();
        var violations = new ArrayList<>(troubles);
        try {
            collect();
        } catch (IllegalStateException e) {
            violations.add("not everything could be read in the end: " + e.getMessage());
        }
        violations.addAll(history.violations());
        violations.addAll(unkilled(lives));
        var timeline = timeline(lives);
        return Report.of("crash", plan.seed(), violations, figures(timeline), timeline);
    }

    private void collect() throws InterruptedException {
        for (var count : counts) {
            history.acknowledged(count.run(), null, null);
            history.expected(count.run(), Tree.counted(count.tree(), ".md"));
            early.put(count.run(), count.early().account(Duration.ofSeconds(1)));
            late.put(
                    count.run(),
                    Watcher.attach("late", client.api(), count.run()).account(LATE));
        }
        for (var sale : sales) history.acknowledged(sale.ack().run(), "noop", sale.key());
        early.values().forEach(history::watched);
        late.values().forEach(history::watched);
        Inventory.of(client).forEach(run -> {
            runs.put(run.id(), run);
            history.run(run);
        });
    }

    /** What would show that the kills did nothing: steps on both sides of a kill, recorded by one epoch. */
    private List<String> unkilled(List<Life> lives) {
        var violations = new ArrayList<String>();
        for (var count : counts) {
            List<Long> ticks = standing(count.run());
            RunAccount run = runs.get(count.run());
            if (run == null || ticks.isEmpty()) continue;
            boolean inTheMiddle = lives.stream()
                    .map(Life::killed)
                    .filter(Objects::nonNull)
                    .anyMatch(k -> ticks.getFirst() < k - MARGIN_MILLIS && ticks.getLast() > k + MARGIN_MILLIS);
            if (inTheMiddle && run.epochsOfSteps() < 2) {
                violations.add(run.id() + ": it was killed between its steps, and one epoch recorded them all");
            }
        }
        return violations;
    }

    private List<Long> standing(String run) {
        WatchAccount account = early.get(run);
        return account == null
                ? List.of()
                : account.standing().stream().map(Seen::at).toList();
    }

    private CrashFigures figures(Timeline timeline) {
        var killed = counts.stream()
                .map(c -> runs.get(c.run()))
                .filter(Objects::nonNull)
                .toList();
        var work = new CrashFigures.Work(
                counts.size(),
                killed.stream().mapToLong(r -> r.steps().size()).sum(),
                killed.stream().mapToLong(RunAccount::epochsOfSteps).max().orElse(0),
                early.values().stream().mapToLong(WatchAccount::rewinds).sum(),
                timeline.tracks().stream()
                        .flatMap(t -> t.ticks().stream())
                        .filter(t -> !t.stands())
                        .count(),
                early.size() + late.size());
        var starts = new CrashFigures.Starts(
                sales.size() + counts.size(),
                sales.stream().mapToInt(s -> s.ack().retries()).sum(),
                new HashSet<>(sales.stream().map(Shop.Sale::key).toList()).size());
        return new CrashFigures(
                plan.kills(), work, starts, back(timeline), resumed(timeline), timeline.to() - timeline.from());
    }

    /** From each kill to the moment when a process serves again. */
    private static List<Long> back(Timeline timeline) {
        var times = new ArrayList<Long>();
        for (Life life : timeline.lives()) {
            Long killed = life.killed();
            if (killed == null) continue;
            timeline.lives().stream()
                    .map(Life::ready)
                    .filter(r -> r != null && r > killed)
                    .findFirst()
                    .ifPresent(ready -> times.add(ready - killed));
        }
        return times;
    }

    /** From each kill to the first step that was seen after it, for each run that lived on. */
    private static List<Long> resumed(Timeline timeline) {
        var times = new ArrayList<Long>();
        for (Life life : timeline.lives()) {
            Long killed = life.killed();
            if (killed == null) continue;
            for (Track track : timeline.tracks()) {
                track.ticks().stream()
                        .map(Tick::at)
                        .filter(at -> at > killed + MARGIN_MILLIS)
                        .findFirst()
                        .ifPresent(at -> times.add(at - killed));
            }
        }
        return times;
    }

    private Timeline timeline(List<Life> lives) {
        var tracks = counts.stream().map(c -> track(c.run(), lives)).toList();
        long to = tracks.stream()
                .map(Track::finished)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .max()
                .orElseGet(System::currentTimeMillis);
        var starts =
                sales.stream().map(s -> s.ack().at().toEpochMilli()).sorted().toList();
        return new Timeline(lives.getFirst().started(), to, lives, tracks, starts);
    }

    private Track track(String id, List<Life> lives) {
        RunAccount run = runs.get(id);
        WatchAccount seen = early.get(id);
        var ticks = new ArrayList<Tick>();
        if (seen != null) {
            var standing = new HashSet<>(seen.standing());
            for (Seen frame : seen.frames()) {
                if (frame.event().equals("chunk")) ticks.add(new Tick(frame.at(), standing.contains(frame)));
            }
        }
        if (run == null) return new Track(id, List.of(), ticks, null);
        Long finished = run.isFinished() ? at(run.snapshots().getLast()) : null;
        return new Track(id, epochs(run, lives), ticks, finished);
    }

    private static List<Epoch> epochs(RunAccount run, List<Life> lives) {
        var epochs = new ArrayList<Epoch>();
        Snap claimed = null;
        for (Snap snap : run.snapshots()) {
            if (claimed != null && !snap.state().equals("RUNNING")) {
                epochs.add(
                        new Epoch(claimed.epoch(), at(claimed), Math.min(at(snap), killedAfter(at(claimed), lives))));
                claimed = null;
            }
            if (snap.state().equals("RUNNING") && claimed == null) claimed = snap;
        }
        return epochs;
    }

    private static long killedAfter(long time, List<Life> lives) {
        return lives.stream()
                .map(Life::killed)
                .filter(k -> k != null && k >= time)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static long at(Snap snap) {
        return Instant.parse(snap.at()).toEpochMilli();
    }

    private static Life life(ServerProcess process) {
        return new Life(
                process.pid(),
                process.startedAt().toEpochMilli(),
                millis(process.readyAt()),
                millis(process.killedAt()));
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }
}
