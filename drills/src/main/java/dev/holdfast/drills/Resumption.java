package dev.holdfast.drills;

import static dev.holdfast.drills.Page.many;

import dev.holdfast.drills.Diary.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * From what was done to a node to the first user code of what it had, elsewhere.
 *
 * @param kind what was done
 * @param strikes how often
 * @param found how it was found dead, if it was, and how often each
 * @param gone until there was no such process any more
 * @param death until it was written down that it is dead, where the drill could see that
 * @param first of each strike, the first run of the node that went on
 * @param runs every run of every strike
 */
record Resumption(
        String kind,
        int strikes,
        Map<Deaths.How, Integer> found,
        Spread gone,
        Spread death,
        Spread first,
        Spread runs) {
    /** What a kill may cost, in microseconds, until the first code of what the node had goes on. */
    private static final long GOAL_P50 = 100_000;

    private static final long GOAL_P99 = 500_000;

    /** Over all strikes of a kind. */
    static Resumption of(Evidence evidence, Strike.Kind kind) {
        var first = new ArrayList<Long>();
        var all = new ArrayList<Long>();
        var strikes = evidence.strikes(kind).stream()
                .filter(s -> s.victim().isPresent())
                .toList();
        Map<String, List<Entry>> diary = evidence.diary().byRun();
        for (Strike strike : strikes) {
            var micros = new ArrayList<Long>();
            evidence.diary()
                    .inFlight(strike.victim().orElseThrow().pid(), strike.micros())
                    .forEach((run, last) -> diary.getOrDefault(run, List.of()).stream()
                            .filter(e -> e.begins() && e.epoch() > last.epoch() && e.micros() > strike.micros())
                            .mapToLong(e -> e.micros() - strike.micros())
                            .min()
                            .ifPresent(micros::add));
            micros.stream().min(Long::compare).ifPresent(first::add);
            all.addAll(micros);
        }
        return new Resumption(
                kind.toString(),
                strikes.size(),
                evidence.deaths().how(strikes),
                evidence.deaths().ended(strikes),
                evidence.deaths().took(strikes),
                Spread.of(first),
                Spread.of(all));
    }

    void tell(Page page) {
        boolean kill = kind.equals(Strike.Kind.KILL.toString());
        page.line(
                kind,
                many(strikes, "time") + "; the first user code elsewhere after " + first.words()
                        + (kill && first.count() > 0 ? goal() : "") + "; that of each of " + many(runs.count(), "run")
                        + " after " + runs.words());
    }

    private String goal() {
        boolean met = first.p50() < GOAL_P50 && first.p99() < GOAL_P99;
        return "; goal " + GOAL_P50 / 1_000 + " ms and " + GOAL_P99 / 1_000 + " ms" + (met ? ": met" : ": missed");
    }

    /** How the nodes were found dead, if they were. */
    void tellDeaths(Page page) {
        if (found.isEmpty()) return;
        String how = found.entrySet().stream()
                .map(each -> each.getValue() + " by "
                        + switch (each.getKey()) {
                            case RING -> "the ring";
                            case SWEEP -> "the sweep";
                            case FROZEN -> "silence";
                        })
                .collect(Collectors.joining(", "));
        String took = death.count() == 0
                ? "how fast was not measured, in a database that is not the drill's own"
                : "written down after " + death.words();
        String ended = gone.count() == 0 ? "" : "; the process was gone after " + gone.words();
        page.line("found dead", kind + ": " + how + ended + "; " + took);
    }
}
