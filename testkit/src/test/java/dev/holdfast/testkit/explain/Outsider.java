package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.Explanation;
import dev.holdfast.engine.port.QueueChange;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Brings a run what was named as what it waits for, and sees that it goes on. */
final class Outsider {
    private static final Pattern SIGNAL = Pattern.compile("for a signal '(\\w+)' \\(step (\\d+)");
    private static final Pattern TOKEN = Pattern.compile("for token (\\w+) to be completed \\(step (\\d+)");
    private static final Pattern RUN = Pattern.compile("run_\\w+");

    private final Stage stage;
    private final Story story;

    Outsider(Stage stage, Story story) {
        this.stage = stage;
        this.story = story;
    }

    void bring(Said said) {
        story.tell("bring what is named: " + said.why().code());
        var engine = stage.engine();
        String queue = said.run().place().queue();
        switch (said.why().code()) {
            case "finished", "running" -> {
                return;
            }
            case "awaits_signal" -> {
                var signal = said.named(SIGNAL).getFirst();
                stage.signal(said.id(), signal.group(1));
                assertGoesOn(said, signal.group(2));
            }
            case "awaits_token" -> {
                var token = said.named(TOKEN).getFirst();
                engine.complete(Stage.HOME, token.group(1), "\"paid\"", null);
                assertGoesOn(said, token.group(2));
            }
            case "awaits_child" -> {
                said.named(RUN).forEach(m -> end(run(m.group())));
                assertThat(said.isSame(stage.read(said.id())))
                        .as(said.toString())
                        .isFalse();
            }
            case "queue_paused" -> engine.change(Stage.HOME, queue, QueueChange.resume(null), null);
            case "lane_paused" -> engine.change(Stage.HOME, queue, QueueChange.resume(Plots.lane(said.run())), null);
            case "no_code" -> stage.reboot(Plots.NAMES, 1);
            case "closing" -> stage.reboot(Plots.NAMES, 1);
            case "mismatch" -> stage.reboot(Plots.NAMES, said.why().sentence().contains("'work', ") ? 1 : 2);
            case "lane_full", "not_first" -> said.named(RUN).forEach(m -> end(run(m.group())));
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
        boolean goesOn = !said.isSame(stage.read(said.id()))
                || !then.sentence().equals(said.why().sentence());
        assertThat(goesOn)
                .as("%s And when that has come: %s", said, then.sentence())
                .isTrue();
    }

    private void assertGoesOn(Said said, String key) {
        stage.settle();
        assertThat(stage.status(said.id(), key)).as(said.toString()).isEqualTo(StepRecord.Status.DONE);
        assertThat(stage.read(said.id()).fence().seq())
                .as(said.toString())
                .isGreaterThan(said.run().fence().seq());
    }

    /** And all of its code has left. */
    private void end(RunId id) {
        stage.engine().cancel(Stage.HOME, id, null);
        stage.settle();
        stage.plots().open();
        for (int i = 0; i < 4 && !hasLeft(id); i++) {
            letCompensate(id);
            stage.pass(Duration.ofSeconds(61));
        }
        assertThat(hasLeft(id))
                .as("%s has ended and left: %s", id, stage.explain(id))
                .isTrue();
    }

    /** What compensates waits like anybody else. */
    private void letCompensate(RunId id) {
        switch (stage.explain(id).code()) {
            case "queue_paused" -> resume(id, null);
            case "lane_paused" -> resume(id, Plots.lane(stage.read(id)));
            default -> {}
        }
    }

    private void resume(RunId id, @Nullable String lane) {
        String queue = stage.read(id).place().queue();
        stage.engine().change(Stage.HOME, queue, QueueChange.resume(lane), null);
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
        var others = stage.runs().stream()
                .map(Run::id)
                .filter(other -> !other.equals(id))
                .toList();
        for (int i = 0; i < 6 && !others.stream().allMatch(this::hasLeft); i++) {
            others.forEach(this::letCompensate);
            stage.pass(Duration.ofSeconds(61));
        }
        assertThat(others).as("all others have left").allMatch(this::hasLeft);
        // A door that was closed for a suspect opens with the next look.
        stage.pass(Duration.ofSeconds(2));
    }

    static RunId run(String id) {
        return RunId.parse(id).orElseThrow();
    }
}
