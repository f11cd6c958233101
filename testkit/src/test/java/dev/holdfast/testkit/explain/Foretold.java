package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.Explanation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Asks why a run does not progress, and holds the answer against what comes: until its instant nothing happens to the run,
 * and then that which was named. What names somebody outside waits for ever, and goes on when that has come.
 */
final class Foretold {
    /** Others make room for it, whenever they like. */
    private static final Set<String> IN_LINE =
            Set.of("lane_full", "not_first", "queue_full", "not_alone", "suspect_alone", "no_slot");

    private static final Pattern ENDS = Pattern.compile("it ends (\\w+) \\(deadline (\\w+)\\)");
    private static final Pattern STOPPED = Pattern.compile("it is stopped, to (.*) \\(deadline (\\w+)\\)");
    private static final Pattern TRY = Pattern.compile("try (\\d+) of step (\\d+) '(.*)' is due");
    private static final Pattern OVER = Pattern.compile("step (\\d+) '(.*)' (is over|times out)");
    private static final Pattern SIGNAL = Pattern.compile("for a signal '(\\w+)' \\(step (\\d+)");
    private static final Pattern TOKEN = Pattern.compile("for token (\\w+) to be completed \\(step (\\d+)");
    private static final Pattern RUN = Pattern.compile("run_\\w+");
    private static final Duration FAR = Duration.ofMinutes(3);

    private final Stage stage;
    private final Story story;

    Foretold(Stage stage, Story story) {
        this.stage = stage;
        this.story = story;
    }

    /** A run, and what was said of it. */
    private record Said(Run run, Explanation why, List<Run> all, Instant asked) {
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
    }

    private Said ask(RunId id) {
        var all = stage.runs();
        var said = new Said(stage.read(id), stage.explain(id), all, stage.now());
        story.met(id, said.why());
        if (said.run().state() == RunState.RUNNING) assertRestIsNamed(said);
        return said;
    }

    /** Code that rests between two tries of a step does not go on before the next one. */
    private void assertRestIsNamed(Said said) {
        Instant next = said.why().next();
        stage.reads().pending(said.id()).stream()
                .filter(s -> s.epoch() == said.run().fence().epoch() && s.awaits() instanceof Wait.Turn)
                .map(StepRecord::next)
                .filter(at -> at != null && at.isAfter(stage.now()))
                .forEach(at -> assertThat(next).as(said.toString()).isNotNull().isBeforeOrEqualTo(at));
    }

    /** What is said of it at this very moment, whoever is about to act. */
    void atOnce(RunId id, int stirs) {
        for (int i = 0; i < stirs && !stage.explain(id).code().equals("blocked"); i++) stage.stir();
        Said said = ask(id);
        Instant next = said.why().next();
        boolean now = next != null && !next.isAfter(stage.now());
        stage.settle();
        if (now) assertCame(said);
    }

    /**
     * What is said of it when everything has happened that needs no time.
     *
     * @param waits whether to wait for its instant, if it has one; otherwise what it waits for is brought
     */
    void of(RunId id, boolean waits) {
        stage.settle();
        Said said = ask(id);
        if (said.why().next() == null) {
            if (passes(said, stage.now().plus(FAR))) bring(ask(id));
        } else if (waits || !isBrought(said.why().code())) {
            if (passes(said, said.next().minusMillis(1))) {
                Said still = ask(id);
                assertThat(still.why().next()).as(still.toString()).isEqualTo(said.next());
                stage.moveTo(said.next());
                stage.settle();
                assertCame(still);
            }
        } else {
            bring(said);
        }
    }

    private static boolean isBrought(String code) {
        return IN_LINE.contains(code)
                || Set.of(
                                "awaits_signal",
                                "awaits_token",
                                "awaits_child",
                                "queue_paused",
                                "lane_paused",
                                "mismatch",
                                "no_code")
                        .contains(code);
    }

    /** Time passes. Nothing happens to the run meanwhile, or there is another reason: then this is false. */
    private boolean passes(Said said, Instant until) {
        Instant began = stage.now();
        stage.moveTo(until);
        stage.settle();
        Run run = stage.read(said.id());
        boolean wasGivenUp = said.run().isHeld()
                && run.isGivenUp()
                && said.run().state() == RunState.BLOCKED
                && run.fence().seq() == said.run().fence().seq() + 1
                && said.why().sentence().contains("It is held in memory");
        if (isSame(said.run(), run) || wasGivenUp) {
            if (run.state() == RunState.BLOCKED && run.isHeld()) {
                assertThat(Duration.between(began, stage.now()))
                        .as("how long it was held after %s", said)
                        .isLessThanOrEqualTo(run.policy().giveUpAfter());
            }
            if (!othersHaveChanged(said) && !IN_LINE.contains(said.why().code())) {
                assertThat(stage.explain(said.id()).code())
                        .as(said.toString())
                        .isEqualTo(said.why().code());
            }
            return true;
        }
        if (said.why().code().equals("stopping")) assertLeft(said);
        assertThat(isExcused(said))
                .as("%s And before that it became %s", said, brief(run))
                .isTrue();
        return false;
    }

    /** Its code has left before it was cut off: what becomes of it was named too. */
    private void assertLeft(Said said) {
        Snapshot left = next(said).orElseThrow();
        String sentence = said.why().sentence();
        if (left.state() == RunState.QUEUED) {
            assertThat(sentence).contains("it is queued again");
        } else if (left.state() == RunState.FINISHED && !sentence.contains("unless its code has come to its end")) {
            assertThat(sentence).contains("When its code has left, it ends " + left.outcome());
        }
    }

    private static String brief(Run run) {
        var parent = run.origin().parent();
        return run.state() + (parent == null ? "" : ", a child of " + parent.run()) + " with " + run.fence() + " and "
                + run.times().deadlines().byName();
    }

    private static boolean isSame(Run one, Run other) {
        return one.state() == other.state() && one.fence().equals(other.fence());
    }

    private boolean isExcused(Said said) {
        String code = said.why().code();
        if (code.equals("running") || code.equals("stopping")) return true;
        var parent = said.run().origin().parent();
        // It ends with its parent, at the next look; and with the attempt of it.
        if (parent != null && (parentHasEnded(said) || hasChanged(said, parent.run()))) return true;
        if (code.equals("suspect_alone")) return true;
        if (IN_LINE.contains(code)) return othersHaveChanged(said);
        return named(RUN, said).stream().anyMatch(m -> isFinished(m.group()));
    }

    private static RunId run(String id) {
        return RunId.parse(id).orElseThrow();
    }

    private boolean isFinished(String id) {
        return stage.read(run(id)).isFinished();
    }

    private boolean othersHaveChanged(Said said) {
        return stage.runs().size() != said.all().size()
                || said.all().stream().anyMatch(r -> !r.id().equals(said.id()) && hasChanged(said, r.id()));
    }

    private boolean hasChanged(Said said, RunId id) {
        return said.all().stream().filter(r -> r.id().equals(id)).anyMatch(r -> !r.equals(stage.read(id)));
    }

    private static List<MatchResult> named(Pattern pattern, Said said) {
        return pattern.matcher(said.why().sentence()).results().toList();
    }

    // ---- its instant ------------------------------------------------------------------------------------------------

    private void assertCame(Said said) {
        if (wasFirst(said)) return;
        String what = what(said);
        story.tell("at " + said.next() + " " + what);
        switch (said.why().code()) {
            case "claimable" -> assertClaimedOrInLine(said);
            case "blocked" -> assertBecomes(said, RunState.RUNNING);
            default -> assertCame(said, what);
        }
    }

    private void assertCame(Said said, String what) {
        var ends = ENDS.matcher(what);
        var stopped = STOPPED.matcher(what);
        if (what.equals("its time comes")) {
            assertTimeCame(said);
        } else if (ends.matches()) {
            assertBecomes(said, RunState.FINISHED);
            assertThat(String.valueOf(stage.read(said.id()).status().outcome()))
                    .as(said.toString())
                    .isEqualTo(ends.group(1));
        } else if (stopped.matches()) {
            assertBecomes(said, RunState.STOPPING);
        } else {
            var parts = List.of(what.split(", and "));
            // The time of a wait is that of a step, and that is named; unless that is over at this moment.
            boolean named = parts.size() > 1 || said.run().state() == RunState.RUNNING;
            assertThat(named || !said.asked().isBefore(said.next()))
                    .as(said.toString())
                    .isTrue();
            for (String part : parts) assertPart(said, part);
        }
    }

    private void assertPart(Said said, String part) {
        var turn = TRY.matcher(part);
        var over = OVER.matcher(part);
        if (part.equals("it goes on")) {
            assertBecomes(said, RunState.RUNNING);
        } else if (part.equals("it is queued again")) {
            assertBecomes(said, RunState.QUEUED);
        } else if (over.matches()) {
            boolean done = over.group(3).equals("is over");
            assertThat(status(said, over.group(1)))
                    .as(said.toString())
                    .isEqualTo(done ? StepRecord.Status.DONE : StepRecord.Status.TIMED_OUT);
        } else if (turn.matches()) {
            String begun = said.id() + ":" + turn.group(2) + "#" + turn.group(1);
            // Of a run that nobody holds, or that was given up at that very instant, it begins when that is claimed.
            if (stage.read(said.id()).fence().epoch() == said.run().fence().epoch()
                    && said.run().isHeld()) {
                assertThat(stage.plots().tries()).as(said.toString()).containsEntry(begun, said.next());
            }
        } else {
            throw new AssertionError("nobody understands '" + part + "' " + said);
        }
    }

    private StepRecord.Status status(Said said, String key) {
        return stage.reads().steps(said.id()).stream()
                .filter(s -> s.key().toString().equals(key))
                .findFirst()
                .orElseThrow()
                .status();
    }

    private void assertTimeCame(Said said) {
        Explanation then = stage.explain(said.id());
        if (!isSame(said.run(), stage.read(said.id()))) {
            assertBecomes(said, RunState.RUNNING);
        } else {
            boolean told = IN_LINE.contains(then.code())
                    || said.why().sentence().contains(then.sentence().substring(0, 12));
            assertThat(told).as("%s, and then %s", said, then).isTrue();
        }
    }

    private void assertClaimedOrInLine(Said said) {
        if (isSame(said.run(), stage.read(said.id()))) {
            assertThat(IN_LINE)
                    .as(said.toString())
                    .contains(stage.explain(said.id()).code());
        } else {
            assertBecomes(said, RunState.RUNNING);
        }
    }

    /**
     * Whether something else came first at the very same instant: its own code went on, or left because it had waited
     * long, or its parent had ended.
     */
    private boolean wasFirst(Said said) {
        boolean executes = Set.of("running", "stopping").contains(said.why().code());
        return next(said)
                .filter(s -> s.at().equals(said.next()))
                .filter(s -> (executes && !s.cause().startsWith("deadline"))
                        || s.cause().equals("give up")
                        || (s.cause().startsWith("cancel") && parentHasEnded(said)))
                .isPresent();
    }

    private boolean parentHasEnded(Said said) {
        var parent = said.run().origin().parent();
        return parent != null && stage.read(parent.run()).isFinished();
    }

    private Optional<Snapshot> next(Said said) {
        return stage.reads().view(Stage.HOME, said.id()).orElseThrow().snapshots().stream()
                .filter(s -> s.seq() == said.run().fence().seq() + 1)
                .findFirst();
    }

    /** The very next snapshot of it is this, at this very instant. */
    private void assertBecomes(Said said, RunState state) {
        Snapshot next = next(said).orElseThrow(() -> new AssertionError("nothing has become " + said));
        assertThat(next.state()).as("%s and then %s", said, next).isEqualTo(state);
        Instant at = said.next().isBefore(said.run().times().created()) ? stage.now() : said.next();
        assertThat(next.at()).as("%s and then %s", said, next).isEqualTo(at);
    }

    /** The part of the sentence that begins with its instant. */
    private static String what(Said said) {
        String at = "at " + said.next() + " ";
        int from = said.why().sentence().indexOf(at);
        if (Set.of("claimable", "blocked").contains(said.why().code()))
            return said.why().code();
        assertThat(from).as("where %s says what comes then", said).isNotNegative();
        String rest = said.why().sentence().substring(from + at.length());
        int end = rest.indexOf(". ");
        return end < 0 ? rest.substring(0, rest.length() - 1) : rest.substring(0, end);
    }

    // ---- somebody outside
    // --------------------------------------------------------------------------------------------

    private void bring(Said said) {
        story.tell("bring what is named: " + said.why().code());
        var engine = stage.engine();
        String queue = said.run().place().queue();
        switch (said.why().code()) {
            case "finished", "running" -> {
                return;
            }
            case "awaits_signal" -> {
                var signal = named(SIGNAL, said).getFirst();
                stage.signal(said.id(), signal.group(1));
                assertGoesOn(said, signal.group(2));
            }
            case "awaits_token" -> {
                var token = named(TOKEN, said).getFirst();
                engine.complete(Stage.HOME, token.group(1), "\"paid\"", null);
                assertGoesOn(said, token.group(2));
            }
            case "awaits_child" -> {
                named(RUN, said).forEach(m -> end(run(m.group())));
                assertThat(isSame(said.run(), stage.read(said.id())))
                        .as(said.toString())
                        .isFalse();
            }
            case "queue_paused" -> engine.resume(Stage.HOME, queue, null, null);
            case "lane_paused" -> engine.resume(Stage.HOME, queue, Plots.lane(said.run()), null);
            case "no_code" -> stage.reboot(Plots.NAMES, 1);
            case "closing" -> stage.reboot(Plots.NAMES, 1);
            case "mismatch" -> stage.reboot(Plots.NAMES, said.why().sentence().contains("'work', ") ? 1 : 2);
            case "lane_full", "not_first" -> named(RUN, said).forEach(m -> end(run(m.group())));
            case "stopping" -> {
                stage.plots().open();
                // It leaves when it comes to its next step.
                stage.pass(Duration.ofSeconds(5));
            }
            default -> endAllBut(said.id());
        }
        stage.settle();
        stage.plots().shut();
        Explanation then = stage.explain(said.id());
        boolean goesOn = !isSame(said.run(), stage.read(said.id()))
                || !then.sentence().equals(said.why().sentence());
        assertThat(goesOn)
                .as("%s And when that has come: %s", said, then.sentence())
                .isTrue();
    }

    private void assertGoesOn(Said said, String key) {
        stage.settle();
        assertThat(status(said, key)).as(said.toString()).isEqualTo(StepRecord.Status.DONE);
        assertThat(stage.read(said.id()).fence().seq())
                .as(said.toString())
                .isGreaterThan(said.run().fence().seq());
    }

    /** And all of its code has left. */
    private void end(RunId id) {
        stage.engine().cancel(Stage.HOME, id, null);
        stage.settle();
        stage.plots().open();
        for (int i = 0; i < 4 && !hasLeft(id); i++) stage.pass(Duration.ofSeconds(61));
        assertThat(hasLeft(id))
                .as("%s has ended and left: %s", id, stage.explain(id))
                .isTrue();
    }

    private boolean hasLeft(RunId id) {
        Run run = stage.read(id);
        return run.isFinished() && run.place().lingers() == null;
    }

    private void endAllBut(RunId id) {
        for (Run run : stage.runs()) {
            if (!run.id().equals(id) && !run.isFinished()) stage.engine().cancel(Stage.HOME, run.id(), null);
        }
        stage.plots().open();
        for (int i = 0; i < 3; i++) stage.pass(Duration.ofSeconds(61));
        // A door that was closed for a suspect opens with the next look.
        stage.pass(Duration.ofSeconds(2));
    }
}
