package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Explanation;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A random play: things happen, and in between somebody asks why a run does not progress. */
final class Play {
    private static final List<String> TASKS = List.copyOf(new TreeSet<>(Plots.NAMES));

    private final Stage stage;
    private final Story story;
    private final Random random;
    private final Foretold foretold;

    Play(Stage stage, Story story, Random random) {
        this.stage = stage;
        this.story = story;
        this.random = random;
        this.foretold = new Foretold(stage, story);
        var engine = stage.engine();
        engine.change(Stage.HOME, "small", QueueChange.configure(new QueueSettings(1, null, null)), null);
        var rate = new Rate(1 + random.nextInt(2), Duration.ofMillis(500 + random.nextInt(20_000)));
        engine.change(Stage.HOME, "paced", QueueChange.configure(new QueueSettings(null, null, rate)), null);
        engine.change(Stage.HOME, "lanes", QueueChange.configure(new QueueSettings(null, 1, null)), null);
    }

    void scenes(int count) {
        for (int i = 0; i < count; i++) {
            happen();
            List<RunId> live = live();
            if (!live.isEmpty() && random.nextInt(3) > 0) {
                foretold.of(live.get(random.nextInt(live.size())), random.nextInt(3) > 0);
            }
        }
        stage.runs().stream().filter(Run::isFinished).findFirst().ifPresent(r -> foretold.of(r.id(), true));
    }

    private List<RunId> live() {
        return stage.runs().stream().filter(r -> !r.isFinished()).map(Run::id).toList();
    }

    private void happen() {
        var engine = stage.engine();
        // Without looks there are no suspects, and no crashes that could make one.
        switch (random.nextInt(stage.looks() ? 18 : 11)) {
            case 0, 1, 2, 3 -> start(anyTask());
            case 4, 5 -> {
                String task = random.nextInt(4) > 0 ? anyTask() : "talk";
                for (int i = 0; i < 3; i++) start(random.nextInt(4) > 0 ? task : anyTask());
            }
            case 6 -> {
                String queue = random.nextBoolean() ? "default" : "lanes";
                story.tell("pause " + queue);
                engine.change(
                        Stage.HOME,
                        queue,
                        QueueChange.pause(queue.equals("lanes") && random.nextBoolean() ? "lane" : null),
                        null);
            }
            case 7 -> {
                story.tell("resume");
                engine.change(Stage.HOME, "default", QueueChange.resume(null), null);
                engine.change(Stage.HOME, "lanes", QueueChange.resume(null), null);
            }
            case 11, 12 -> reboot();
            case 13, 14 -> {
                // Whatever executes all the time is a suspect then.
                for (int i = 0; i < 3; i++) stage.reboot(Plots.NAMES, 1);
                story.tell("three crashes");
                start(anyTask());
            }
            case 15 -> close();
            case 10, 16 -> onTheDot();
            case 17 -> reboot();
            case 8 -> {
                var live = live();
                if (live.isEmpty()) return;
                RunId id = live.get(random.nextInt(live.size()));
                story.tell("cancel " + id);
                engine.cancel(Stage.HOME, id, null);
                // It may have sent it where it is stopped, and leaves when it likes.
                if (random.nextBoolean()) foretold.of(id, true);
            }
            case 9 -> onTheDot();
            default -> {
                var time = Duration.ofMillis(random.nextInt(9_000));
                story.tell("pass " + time);
                stage.pass(time);
            }
        }
    }

    private String anyTask() {
        return TASKS.get(random.nextInt(TASKS.size()));
    }

    private void start(String task) {
        var timing = new Command.Timing(
                random.nextInt(4) > 0 ? Duration.ZERO : some(8, 30, 120),
                random.nextInt(4) > 0 ? null : some(5, 20, 150),
                Duration.ZERO);
        RunId id = start(task, timing, random.nextInt(4) > 0 ? null : some(6, 45, 200));
        if (id != null && random.nextInt(3) == 0) foretold.atOnce(id, random.nextInt(3));
    }

    /** Null if nobody hosts that task now. */
    private @Nullable RunId start(String task, Command.Timing timing, @Nullable Duration longest) {
        int input = random.nextInt(1_000_000);
        var options = new StartRequest.Options(timing, longest, List.of(), lane(task));
        try {
            RunId id = stage.start(task, input, options);
            story.tell("start " + id + " of " + task + "(" + input + ") " + options);
            return id;
        } catch (Refused e) {
            story.tell("refused: " + e.getMessage());
            return null;
        }
    }

    private Duration some(int... seconds) {
        return Duration.ofSeconds(seconds[random.nextInt(seconds.length)]);
    }

    private static @Nullable String lane(String task) {
        return Set.of("talk", "lane").contains(task) ? task : null;
    }

    private void reboot() {
        var tasks = new TreeSet<>(Plots.NAMES);
        if (random.nextBoolean()) tasks.remove(TASKS.get(random.nextInt(TASKS.size())));
        int edition = 1 + random.nextInt(2);
        story.tell("reboot with " + tasks + " in edition " + edition);
        stage.reboot(tasks, edition);
    }

    private void close() {
        stage.settle();
        for (RunId id : live()) {
            // Some compensate when it closes, and somebody may be deaf to all of it.
            boolean isDeaf = stage.read(id).origin().task().equals("deaf");
            if (!isDeaf && random.nextBoolean()) stage.engine().cancel(Stage.HOME, id, null);
        }
        stage.settle();
        story.tell("close");
        stage.close(() -> {
            live().forEach(this::assertIsCutOff);
            // When the last one has left, it is closed, and whoever asks it then asks nobody.
            live().stream()
                    .filter(id -> Set.of("stopping", "closing")
                            .contains(stage.explain(id).code()))
                    .filter(id -> stage.explain(id).next() == null)
                    .findFirst()
                    .ifPresent(id -> foretold.of(id, true));
        });
        stage.reboot(Plots.NAMES, 1);
    }

    /** A node that waits for some code to leave cuts it off, as long as it waits; what is left behind already, it does not. */
    private void assertIsCutOff(RunId id) {
        Explanation why = stage.explain(id);
        Instant next = why.next();
        if (next == null || !why.sentence().contains("(deadline STOP)")) return;
        story.tell("closing, and of " + id + ": " + why.sentence());
        stage.moveTo(next);
        stage.settle();
        if (stage.isClosing())
            assertThat(stage.read(id).isFinished()).as(why.sentence()).isTrue();
    }

    /** Somebody asks at the very moment at which something is due, between two acts of the engine. */
    private void onTheDot() {
        stage.settle();
        switch (random.nextInt(3)) {
            case 0 -> {
                List<RunId> live = live();
                if (!live.isEmpty()) onTheDot(live.get(random.nextInt(live.size())));
            }
            case 1 -> {
                RunId id = start("rests", Command.Timing.NOW, null);
                stage.settle();
                if (id != null) onTheDot(id);
            }
            default -> {
                stage.engine().change(Stage.HOME, "default", QueueChange.pause(null), null);
                RunId id = start("plain", new Command.Timing(Duration.ZERO, some(2, 9), Duration.ZERO), null);
                if (id != null) onTheDot(id);
                stage.engine().change(Stage.HOME, "default", QueueChange.resume(null), null);
            }
        }
    }

    private void onTheDot(RunId id) {
        Instant next = stage.explain(id).next();
        if (next == null || Duration.between(stage.now(), next).compareTo(Duration.ofMinutes(4)) > 0) return;
        story.tell("move to " + next + ", for " + id);
        stage.moveTo(next);
        foretold.atOnce(id, random.nextInt(8));
    }
}
