package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import java.time.Duration;
import java.util.SplittableRandom;

/** Starts runs that have children, and lets time pass, in a world that keeps its runs for a short time only. */
final class Ages implements Role {
    /** How long. */
    static final Duration KEPT = Duration.ofSeconds(2);

    private static final int ROUNDS = 2;
    private static final int STARTS = 4;

    private final World world;
    private final SplittableRandom random;
    private final Connection connection;

    Ages(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.connection = new Connection(world, "ages");
    }

    @Override
    public void play() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < STARTS; i++) start();
            world.turns().sleep(Duration.ofSeconds(5 + random.nextInt(60)));
        }
    }

    private void start() throws InterruptedException {
        int input = random.nextInt(1_000);
        while (!Journey.hasChildren(input)) input++;
        var wish = new StartRequest(
                Namespace.DEFAULT,
                Journey.TASK.name(),
                String.valueOf(input),
                new StartRequest.Identity(null, connection.request("start")),
                StartRequest.Options.NONE);
        Started started = connection.ask("start", engine -> engine.start(wish));
        if (started != null) world.register().started(started.id(), input);
    }
}
