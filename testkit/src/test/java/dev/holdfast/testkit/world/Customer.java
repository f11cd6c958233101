package dev.holdfast.testkit.world;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A client that starts runs, looks at them, cancels some and deletes some; and asks again until it is answered. */
final class Customer {
    private static final int ERRANDS = 10;

    private final World world;
    private final SplittableRandom random;
    private final Connection connection;

    Customer(World world, SplittableRandom random, int number) {
        this.world = world;
        this.random = random;
        this.connection = new Connection(world, String.valueOf(number));
    }

    void shop() throws InterruptedException {
        for (int i = 0; i < ERRANDS; i++) {
            List<RunId> known = world.register().known();
            int errand = known.isEmpty() ? 0 : random.nextInt(12);
            switch (errand) {
                case 0, 1, 2, 3, 4 -> start();
                case 5 -> cancel(one(known));
                case 6 -> delete(one(known));
                case 7 -> look(one(known));
                case 8, 9 -> signal(one(known));
                case 10 -> world.turns().sleep(Duration.ofMillis(random.nextInt(4_000)));
                default -> {
                    if (random.nextInt(3) == 0) world.crew().node().close();
                }
            }
        }
    }

    private RunId one(List<RunId> known) {
        return known.get(random.nextInt(known.size()));
    }

    private void start() throws InterruptedException {
        int input = random.nextInt(1_000);
        String task = random.nextBoolean() ? "story" : "journey";
        if (world.isCluster() && random.nextInt(3) == 0) task = "talk";
        String lane = task.equals("talk") ? Chores.lane(input) : null;
        // Two customers may want the same thing, and one of them gets the other's.
        String key = random.nextInt(8) == 0 ? "key " + random.nextInt(3) : null;
        String request = connection.request("start");
        var wish = new StartRequest(
                Namespace.DEFAULT, task, String.valueOf(input), new StartRequest.Identity(key, request), options(lane));
        Started started = connection.ask("start", engine -> engine.start(wish));
        if (started == null) return;
        boolean ours = key == null || started.how() == Started.How.NEW;
        world.started(started.id(), ours ? input : Register.UNKNOWN);
    }

    private StartRequest.Options options(@Nullable String lane) {
        Duration delay = random.nextInt(6) == 0 ? Duration.ofMillis(random.nextInt(5_000)) : Duration.ZERO;
        Duration ttl = random.nextInt(10) == 0 ? Duration.ofMillis(1 + random.nextInt(3_000)) : null;
        Duration limit = random.nextInt(10) == 0 ? Duration.ofMillis(500 + random.nextInt(3_000)) : null;
        return new StartRequest.Options(new Command.Timing(delay, ttl, Duration.ZERO), limit, List.of(), lane);
    }

    private void cancel(RunId id) throws InterruptedException {
        String request = connection.request("cancel");
        Boolean accepted = connection.ask("cancel", engine -> {
            engine.cancel(Namespace.DEFAULT, id, request);
            return true;
        });
        if (accepted != null) world.register().cancelled(id, world.now());
    }

    private void signal(RunId id) throws InterruptedException {
        String request = connection.request("signal");
        var sent = new Runs.Sent(Journey.GO.name(), '"' + request + '"');
        connection.ask("signal", engine -> {
            engine.signal(Namespace.DEFAULT, id, sent, request);
            return true;
        });
    }

    private void delete(RunId id) throws InterruptedException {
        String request = connection.request("delete");
        connection.ask("delete", engine -> {
            engine.delete(Namespace.DEFAULT, id, request);
            return true;
        });
    }

    private void look(RunId id) throws InterruptedException {
        var view = connection.ask("look", engine -> engine.show(Namespace.DEFAULT, id));
        if (view == null) return;
        var outcome = view.run().status().outcome();
        if (outcome != null) world.history().ended(id, outcome);
    }
}
