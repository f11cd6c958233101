package dev.holdfast.drills;

import dev.holdfast.drills.RunAccount.Step;
import dev.holdfast.drills.StreamTakeover.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects what can be seen when the drill of streams is over, checks it, and makes the report of it. */
final class StreamFindings {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final StreamTakeover.Plan plan;
    private final Client client;
    private final List<Round> rounds;
    private final List<String> violations;
    private final History history = new History();
    private final Map<String, List<WatchAccount>> accounts = new LinkedHashMap<>();
    private final Map<Piece.Kind, StreamFigures.Text> texts = new EnumMap<>(Piece.Kind.class);

    /** @param troubles what went wrong meanwhile */
    StreamFindings(StreamTakeover.Plan plan, Client client, List<Round> rounds, List<String> troubles) {
        this.plan = plan;
        this.client = client;
        this.rounds = rounds;
        this.violations = new ArrayList<>(troubles);
    }

    Report report(Fleet fleet) throws InterruptedException {
        for (Round round : rounds) for (Piece piece : round.all()) collect(round, piece);
        violations.addAll(history.violations());
        untried().forEach(kind -> violations.add("nothing that was recited was hit by this: " + kind));
        var resumed = resumed();
        kept(rounds, resumed.keySet())
                .forEach(kind ->
                        violations.add("nobody else has gone on with anything that was recited there: " + kind));
        var timeline = new StreamTimeline(fleet, rounds, accounts).timeline();
        var figures = new StreamFigures(
                plan.nodes(),
                rounds.size(),
                texts,
                resumed,
                accounts.values().stream().mapToInt(List::size).sum(),
                timeline.to() - timeline.from());
        return Report.of("stream-takeover", plan.seed(), violations, figures, timeline);
    }

    /** What was done, and to nothing that tells anything. */
    private Set<Strike.Kind> untried() {
        var tried = EnumSet.noneOf(Strike.Kind.class);
        var done = EnumSet.noneOf(Strike.Kind.class);
        for (Round round : rounds) {
            done.add(round.strike().kind());
            if (round.struck().stream().anyMatch(piece -> piece.kind().isWhole()))
                tried.add(round.strike().kind());
        }
        done.removeAll(tried);
        return done;
    }

    /**
     * What was done to nodes that kept what they recited, though it was to go on for at least a part yet.
     *
     * @param resumed after which somebody else went on
     */
    static Set<Strike.Kind> kept(List<Round> rounds, Set<Strike.Kind> resumed) {
        var hit = EnumSet.noneOf(Strike.Kind.class);
        for (Round round : rounds)
            if (round.pid() != 0
                    && round.struck().stream()
                            .anyMatch(piece ->
                                    piece.kind().goesOn() && piece.kind().isInTurn()))
                hit.add(round.strike().kind());
        hit.removeAll(resumed);
        return hit;
    }

    private void collect(Round round, Piece piece) throws InterruptedException {
        var answer = client.get("/v1/runs/" + piece.run());
        if (!answer.isSuccess()) {
            violations.add(piece.run() + " cannot be read: " + answer);
            return;
        }
        var run = RunAccount.parse(answer.body());
        var seen = piece.accounts(PATIENCE);
        accounts.put(piece.run(), seen);
        history.acknowledged(piece.run(), null, null);
        history.run(run);
        seen.forEach(history::watched);
        if (piece.kind() == Piece.Kind.PARALLEL) history.sideBySide(piece.run());
        if (piece.kind().isWhole()) history.expected(piece.run(), "{\"lines\":" + Concert.PARTS * Concert.LINES + "}");
        for (WatchAccount account : seen) judge(new Reading(round, piece, run, account));
        seen.stream().findFirst().ifPresent(first -> count(piece, first));
    }

    /** What one of them has read of a piece. */
    private record Reading(Round round, Piece piece, RunAccount run, WatchAccount account) {
        List<Line> standing() {
            return Piece.standing(account).toList();
        }
    }

    private void judge(Reading reading) {
        var piece = reading.piece();
        String who = piece.run() + " (" + piece.kind() + "), the watcher who was "
                + reading.account().name() + ": ";
        Piece.lines(reading.account()).forEach(line -> {
            if (line.epoch() != line.seen().epoch())
                violations.add(who + "a chunk that epoch " + line.epoch() + " has sent is said to be of epoch "
                        + line.seen().epoch());
            if (isOfZombie(reading, line))
                violations.add(who + "it was shown what a node has sent that had been frozen and taken over: "
                        + line.seen().data() + ", sent "
                        + (line.micros() - reading.round().strike().micros()) / 1_000 + " ms after it was frozen");
        });
        if (piece.kind().isWhole() && !isWhole(piece, reading.standing()))
            violations.add(who + "it does not end with each line once and in order: " + brief(reading.standing())
                    + told(reading.account()));
        if (piece.kind() != Piece.Kind.BETWEEN) {
            String kept = ofSteps(reading);
            if (!kept.isEmpty()) violations.add(who + kept);
        }
    }

    /** What else it was told of the stream. */
    private static String told(WatchAccount account) {
        var others = account.frames().stream()
                .filter(frame -> frame.event().equals("gap") || frame.event().equals("rewind"))
                .map(frame -> frame.event() + " " + frame.data())
                .toList();
        return others.isEmpty() ? "" : "; and it was told " + others;
    }

    /** What a frozen node has sent in an epoch that it had then was sent before it was frozen. */
    private static boolean isOfZombie(Reading reading, Line line) {
        var strike = reading.round().strike();
        return strike.kind() == Strike.Kind.STOP
                && line.pid() == reading.round().pid()
                && line.micros() > strike.micros()
                && line.epoch() <= reading.piece().epochOf(line.pid(), strike.micros());
    }

    private static boolean isWhole(Piece piece, List<Line> standing) {
        if (piece.kind() != Piece.Kind.PARALLEL) return places(standing).equals(wholePlaces());
        if (standing.size() != wholePlaces().size()) return false;
        for (int part = 1; part <= Concert.PARTS; part++) {
            int its = part;
            var lines = standing.stream().filter(line -> line.part() == its).toList();
            for (int i = 0; i < lines.size(); i++) if (lines.get(i).number() != i + 1) return false;
        }
        return true;
    }

    private static List<String> places(List<Line> lines) {
        return lines.stream().map(line -> line.part() + "." + line.number()).toList();
    }

    private static List<String> wholePlaces() {
        var places = new ArrayList<String>();
        for (int part = 1; part <= Concert.PARTS; part++)
            for (int number = 1; number <= Concert.LINES; number++) places.add(part + "." + number);
        return places;
    }

    /** What stands are the chunks of recorded steps, exactly. @return what is wrong, or empty */
    private static String ofSteps(Reading reading) {
        Map<String, Long> shown = reading.standing().stream()
                .collect(Collectors.groupingBy(line -> line.seen().step(), LinkedHashMap::new, Collectors.counting()));
        boolean isSilent = reading.piece().kind() == Piece.Kind.SILENT;
        for (Step step : reading.run().steps()) {
            if (!step.status().equals("DONE")) continue;
            Long lines = shown.remove(step.key() + "/" + step.tries());
            long expected = isSilent && step.epoch() > 1 ? 0 : Concert.LINES;
            if ((lines == null ? 0 : lines) != expected)
                return "of step " + step.key() + ", which is recorded, " + lines + " chunks stand instead of "
                        + expected;
        }
        // Whoever holds a run and ends it lets stand what it has sent.
        if (reading.piece().kind() == Piece.Kind.CANCELLED) shown.keySet().removeAll(sentLast(reading));
        return shown.isEmpty() ? "" : "what stands in the end was sent by steps that are not recorded: " + shown;
    }

    /** By the last one who held it. */
    private static Set<String> sentLast(Reading reading) {
        long last = reading.run().snapshots().stream()
                .filter(snap -> snap.state().equals("RUNNING"))
                .mapToLong(RunAccount.Snap::epoch)
                .max()
                .orElse(0);
        return reading.standing().stream()
                .filter(line -> line.epoch() == last)
                .map(line -> line.seen().step())
                .collect(Collectors.toSet());
    }

    private void count(Piece piece, WatchAccount account) {
        long kept = account.standing().size();
        long voided = Piece.lines(account).count() - kept;
        texts.merge(piece.kind(), new StreamFigures.Text(1, kept, voided), StreamFigures.Text::plus);
    }

    private Map<Strike.Kind, Spread> resumed() {
        var micros = new EnumMap<Strike.Kind, List<Long>>(Strike.Kind.class);
        for (Round round : rounds)
            for (Piece piece : round.struck())
                if (piece.kind().goesOn())
                    piece.resumed(round.pid(), round.strike().micros())
                            .ifPresent(
                                    at -> micros.computeIfAbsent(round.strike().kind(), k -> new ArrayList<>())
                                            .add(at * 1_000 - round.strike().micros()));
        var spreads = new EnumMap<Strike.Kind, Spread>(Strike.Kind.class);
        micros.forEach((kind, times) -> spreads.put(kind, Spread.of(times)));
        return spreads;
    }

    private static String brief(List<Line> lines) {
        return String.join(" ", places(lines));
    }
}
