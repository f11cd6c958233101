package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.QueueChange.To;
import dev.holdfast.engine.port.Rate;
import java.time.Duration;
import java.util.SplittableRandom;

/** Fills a queue, and changes its rate, its limit and its pause meanwhile. */
final class Paces implements Role {
    private static final int ERRANDS = 16;

    private final World world;
    private final SplittableRandom random;
    private final Connection connection;

    Paces(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.connection = new Connection(world, "paces");
    }

    @Override
    public void play() throws InterruptedException {
        change(rate());
        for (int i = 0; i < ERRANDS; i++) {
            switch (random.nextInt(14)) {
                case 0, 1 -> change(rate());
                case 2 -> change(new QueueChange.OfQueue(null, null, null, new To<>(null)));
                case 3 -> change(new QueueChange.OfQueue(null, new To<>(1 + random.nextInt(3)), null, null));
                case 4 -> change(QueueChange.pause(null));
                case 5, 6 -> change(QueueChange.resume(null));
                case 7 -> world.turns().sleep(Duration.ofMillis(random.nextInt(3_000)));
                default -> start();
            }
        }
    }

    private QueueChange.What rate() {
        int count = 1 + random.nextInt(4);
        var per = Duration.ofMillis(200 + random.nextInt(3_000));
        return new QueueChange.OfQueue(null, null, null, new To<>(new Rate(count, per)));
    }

    private void change(QueueChange.What what) throws InterruptedException {
        String request = connection.request("queue");
        connection.tell("queue", engine -> engine.change(Namespace.DEFAULT, Chores.PACED.queue(), what, request));
    }

    private void start() throws InterruptedException {
        String request = connection.request("paced");
        // In lanes or in none: the rate is the queue's.
        String lane = random.nextBoolean() ? null : "lane " + random.nextInt(2);
        var options = new StartRequest.Options(
                StartRequest.Options.NONE.timing(), null, StartRequest.Options.NONE.tags(), lane);
        var wish = new StartRequest(
                Namespace.DEFAULT,
                Chores.PACED.name(),
                String.valueOf(random.nextInt(1_000)),
                new StartRequest.Identity(null, request),
                options);
        Started started = connection.ask("start", engine -> engine.start(wish));
        if (started != null) world.register().started(started.id(), Register.UNKNOWN);
    }

    /** It goes on at the rate that it has. */
    @Override
    public void leave() throws InterruptedException {
        change(QueueChange.resume(null));
    }
}
