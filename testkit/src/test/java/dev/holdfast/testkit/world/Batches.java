package dev.holdfast.testkit.world;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Starts many runs at once, some of which cannot be started. */
final class Batches implements Role {
    private static final int ERRANDS = 8;

    private final World world;
    private final SplittableRandom random;
    private final Connection connection;

    Batches(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.connection = new Connection(world, "batches");
    }

    @Override
    public void play() throws InterruptedException {
        for (int i = 0; i < ERRANDS; i++) {
            if (random.nextInt(4) == 0) world.turns().sleep(Duration.ofMillis(random.nextInt(3_000)));
            else start(2 + random.nextInt(4));
        }
    }

    private void start(int size) throws InterruptedException {
        String batch = connection.request(BatchCheck.TAG.strip()) + " of " + size;
        int wrong = random.nextInt(4) == 0 ? random.nextInt(size) : size;
        var wishes = new ArrayList<StartRequest>();
        for (int i = 0; i < size; i++) {
            String input = i == wrong ? "\"no number\"" : String.valueOf(random.nextInt(1_000));
            var options = new StartRequest.Options(Command.Timing.NOW, null, List.of(batch));
            wishes.add(new StartRequest(
                    Namespace.DEFAULT, Journey.ERRAND.name(), input, StartRequest.Identity.NONE, options));
        }
        List<Started> started = connection.ask("start all", engine -> engine.startAll(wishes, batch));
        if (started == null) {
            world.note(new Event.Refusal(world.now(), batch));
            if (wrong == size) world.complain(batch + " was refused");
            return;
        }
        world.note(new Event.Told(world.now(), batch, started));
        for (Started each : started) world.register().started(each.id(), Register.UNKNOWN);
    }
}
