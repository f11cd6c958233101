package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.RunView;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Starts runs and has them done again, from the top or from one of their steps, most of them after their end. */
final class Reruns implements Role {
    private static final int ERRANDS = 20;
    private static final List<String> TASKS = List.of("story", "journey");

    private final World world;
    private final SplittableRandom random;
    private final Connection connection;

    Reruns(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.connection = new Connection(world, "reruns");
    }

    @Override
    public void play() throws InterruptedException {
        for (int i = 0; i < ERRANDS; i++) {
            List<RunId> known = world.register().known();
            switch (known.isEmpty() ? 0 : random.nextInt(7)) {
                case 0, 1 -> start();
                case 2 -> world.turns().sleep(Duration.ofMillis(random.nextInt(6_000)));
                default -> rerun(known.get(random.nextInt(known.size())));
            }
        }
    }

    private void start() throws InterruptedException {
        int input = random.nextInt(1_000);
        var wish = new StartRequest(
                Namespace.DEFAULT,
                TASKS.get(random.nextInt(TASKS.size())),
                String.valueOf(input),
                new StartRequest.Identity(null, connection.request("start")),
                StartRequest.Options.NONE);
        Started started = connection.ask("start", engine -> engine.start(wish));
        if (started != null) world.register().started(started.id(), input);
    }

    private void rerun(RunId old) throws InterruptedException {
        var view = connection.ask("look", engine -> engine.show(Namespace.DEFAULT, old));
        if (view == null || !TASKS.contains(view.run().origin().task())) return;
        if (!view.run().isFinished() && random.nextInt(3) > 0) return;
        String from = from(view);
        String request = connection.request("rerun");
        world.note(new Event.Asks(world.now(), old));
        Started started = connection.ask("rerun", engine -> engine.rerun(Namespace.DEFAULT, old, from, request));
        if (started == null) return;
        // What is said before the step is not said again.
        int input = from == null ? world.register().input(old) : Register.UNKNOWN;
        world.register().started(started.id(), input);
    }

    /** Null for all of it. */
    private @Nullable String from(RunView view) {
        List<StepRecord> steps = view.steps();
        if (steps.isEmpty() || random.nextInt(5) == 0) return null;
        return steps.get(random.nextInt(steps.size())).key().path();
    }
}
