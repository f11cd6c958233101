package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Explanation;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A run, and what was said of it.
 *
 * @param run as it was then
 * @param why what was said
 * @param all the runs that there were
 * @param asked when
 */
record Said(Run run, Explanation why, List<Run> all, Instant asked) {
    RunId id() {
        return run.id();
    }

    Instant next() {
        return Objects.requireNonNull(why.next());
    }

    @Override
    public String toString() {
        return "of " + id() + ", which was " + brief(run) + ", was said " + why.code() + ": " + why.sentence();
    }

    /** Whether others are before it, and make room for it whenever they like. */
    boolean isInLine() {
        return isInLine(why);
    }

    static boolean isInLine(Explanation why) {
        return Set.of("lane_full", "not_first", "queue_full", "not_alone", "suspect_alone", "no_slot")
                .contains(why.code());
    }

    /** Whether nothing has happened to it since. */
    boolean isSame(Run now) {
        return run.state() == now.state() && run.fence().equals(now.fence());
    }

    List<MatchResult> named(Pattern pattern) {
        return pattern.matcher(why.sentence()).results().toList();
    }

    /** The part of the sentence that begins with its instant. */
    String what() {
        String at = "at " + next() + " ";
        int from = why.sentence().indexOf(at);
        if (Set.of("claimable", "blocked").contains(why.code())) return why.code();
        assertThat(from).as("where %s says what comes then", this).isNotNegative();
        String rest = why.sentence().substring(from + at.length());
        int end = rest.indexOf(". ");
        return end < 0 ? rest.substring(0, rest.length() - 1) : rest.substring(0, end);
    }

    static String brief(Run run) {
        var parent = run.origin().parent();
        return run.state() + (parent == null ? "" : ", a child of " + parent.run()) + " with " + run.fence() + " and "
                + run.times().deadlines().byName();
    }
}
