package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Asks why a run does not progress, and holds the answer against what comes: until its instant nothing happens to the run,
 * and then that which was named. What names somebody outside waits for ever, and goes on when that has come.
 */
final class Foretold {
    static final Pattern RUN = Pattern.compile("run_\\w+");
    private static final Duration FAR = Duration.ofMinutes(3);

    private final Stage stage;
    private final Story story;
    private final Instants instants;
    private final Outsider outsider;

    Foretold(Stage stage, Story story) {
        this.stage = stage;
        this.story = story;
        this.instants = new Instants(stage, story);
        this.outsider = new Outsider(stage, story);
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
        if (now) instants.assertCame(said);
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
            if (passes(said, stage.now().plus(FAR))) outsider.bring(ask(id));
        } else if (waits || !isBrought(said)) {
            if (passes(said, said.next().minusMillis(1))) {
                Said still = ask(id);
                assertThat(still.why().next()).as(still.toString()).isEqualTo(said.next());
                stage.moveTo(said.next());
                stage.settle();
                instants.assertCame(still);
            }
        } else {
            outsider.bring(said);
        }
    }

    private static boolean isBrought(Said said) {
        String code = said.why().code();
        return said.isInLine()
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
        if (said.isSame(run) || wasGivenUp) {
            if (run.state() == RunState.BLOCKED && run.isHeld()) {
                assertThat(Duration.between(began, stage.now()))
                        .as("how long it was held after %s", said)
                        .isLessThanOrEqualTo(run.policy().giveUpAfter());
            }
            if (!othersHaveChanged(said) && !said.isInLine()) {
                assertThat(stage.explain(said.id()).code())
                        .as(said.toString())
                        .isEqualTo(said.why().code());
            }
            return true;
        }
        if (said.why().code().equals("stopping")) assertLeft(said);
        assertThat(isExcused(said))
                .as("%s And before that it became %s", said, Said.brief(run))
                .isTrue();
        return false;
    }

    /** Its code has left before it was cut off: what becomes of it was named too. */
    private void assertLeft(Said said) {
        Snapshot left = stage.after(said).orElseThrow();
        String sentence = said.why().sentence();
        if (left.state() == RunState.QUEUED) {
            assertThat(sentence).contains("it is queued again");
        } else if (left.state() == RunState.FINISHED && !sentence.contains("unless its code has come to its end")) {
            assertThat(sentence).contains("When its code has left, it ends " + left.outcome());
        }
    }

    private boolean isExcused(Said said) {
        String code = said.why().code();
        if (code.equals("running") || code.equals("stopping")) return true;
        var parent = said.run().origin().parent();
        // It ends with its parent, at the next look; and with the attempt of it.
        if (parent != null && (stage.parentHasEnded(said) || hasChanged(said, parent.run()))) return true;
        if (code.equals("suspect_alone")) return true;
        if (said.isInLine()) return othersHaveChanged(said);
        return said.named(RUN).stream().anyMatch(m -> isFinished(m.group()));
    }

    private boolean isFinished(String id) {
        return stage.read(Outsider.run(id)).isFinished();
    }

    private boolean othersHaveChanged(Said said) {
        return stage.runs().size() != said.all().size()
                || said.all().stream().anyMatch(r -> !r.id().equals(said.id()) && hasChanged(said, r.id()));
    }

    private boolean hasChanged(Said said, RunId id) {
        return said.all().stream().filter(r -> r.id().equals(id)).anyMatch(r -> !r.equals(stage.read(id)));
    }
}
