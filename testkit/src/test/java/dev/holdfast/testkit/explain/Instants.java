package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RunState;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.Explanation;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Sees whether what was named came, when its instant has come. */
final class Instants {
    private static final Pattern ENDS = Pattern.compile("it ends (\\w+) \\(deadline (\\w+)\\)");
    private static final Pattern STOPPED = Pattern.compile("it is stopped, to (.*) \\(deadline (\\w+)\\)");
    private static final Pattern TRY = Pattern.compile("try (\\d+) of step (\\d+) '(.*)' is due");
    private static final Pattern OVER = Pattern.compile("step (\\d+) '(.*)' (is over|times out)");

    private final Stage stage;
    private final Story story;

    Instants(Stage stage, Story story) {
        this.stage = stage;
        this.story = story;
    }

    void assertCame(Said said) {
        if (wasFirst(said)) return;
        String what = said.what();
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
        } else if (what.equals("it has room for the next one")) {
            assertHadRoom(said);
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
            assertThat(stage.status(said.id(), over.group(1)))
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

    private void assertTimeCame(Said said) {
        Explanation then = stage.explain(said.id());
        if (!said.isSame(stage.read(said.id()))) {
            assertBecomes(said, RunState.RUNNING);
        } else {
            boolean told = Said.isInLine(then)
                    || then.code().equals("rate_limited")
                    || said.why().sentence().contains(then.sentence().substring(0, 12));
            assertThat(told).as("%s, and then %s", said, then).isTrue();
        }
    }

    /** It was claimed, or another one of its queue was, or something stands against it that is looked at after the rate. */
    private void assertHadRoom(Said said) {
        if (!said.isSame(stage.read(said.id()))) {
            assertBecomes(said, RunState.RUNNING);
            return;
        }
        Explanation then = stage.explain(said.id());
        boolean taken = then.code().equals("rate_limited") && stage.wasClaimed("paced", said.next());
        assertThat(taken || Said.isInLine(then))
                .as("%s, and then %s", said, then)
                .isTrue();
    }

    private void assertClaimedOrInLine(Said said) {
        if (said.isSame(stage.read(said.id()))) {
            Explanation then = stage.explain(said.id());
            assertThat(Said.isInLine(then) || then.code().equals("rate_limited"))
                    .as(said.toString())
                    .isTrue();
        } else {
            assertBecomes(said, RunState.RUNNING);
        }
    }

    /**
     * Whether something else came first at the very same instant: its own code went on, or left because it had waited
     * long, or its parent had ended, or the child that it waits for.
     */
    private boolean wasFirst(Said said) {
        boolean executes = Set.of("running", "stopping").contains(said.why().code());
        return stage.after(said)
                .filter(s -> s.at().equals(said.next()))
                .filter(s -> (executes && !s.cause().startsWith("deadline"))
                        || s.cause().equals("give up")
                        || (s.cause().startsWith("cancel") && stage.parentHasEnded(said))
                        || (s.cause().startsWith("unblock")
                                && said.named(Foretold.RUN).stream()
                                        .anyMatch(m -> stage.hasEndedAt(Outsider.run(m.group()), s.at()))))
                .isPresent();
    }

    /** The very next snapshot of it is this, at this very instant. */
    private void assertBecomes(Said said, RunState state) {
        Snapshot next = stage.after(said).orElseThrow(() -> new AssertionError("nothing has become " + said));
        assertThat(next.state()).as("%s and then %s", said, next).isEqualTo(state);
        Instant at = said.next().isBefore(said.run().times().created()) ? stage.now() : said.next();
        assertThat(next.at()).as("%s and then %s", said, next).isEqualTo(at);
    }
}
