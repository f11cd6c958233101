package dev.holdfast.drills;

import dev.holdfast.drills.Diary.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From what was done to a node to the first user code of what it had, elsewhere.
 *
 * @param kind what was done
 * @param strikes how often
 * @param found how it was found dead, if it was, and how often each
 * @param death until it was written down that it is dead, where the drill could see that
 * @param first of each strike, the first run of the node that went on
 * @param runs every run of every strike
 */
record Resumption(String kind, int strikes, Map<Deaths.How, Integer> found, Spread death, Spread first, Spread runs) {
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
                evidence.deaths().took(strikes),
                Spread.of(first),
                Spread.of(all));
    }
}
