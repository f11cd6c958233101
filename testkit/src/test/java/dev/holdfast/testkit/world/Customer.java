package dev.holdfast.testkit.world;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client that starts runs, looks at them, cancels some and deletes some; and asks again until it is answered. */
final class Customer {
    private static final int ERRANDS = 10;
    private static final Duration AGAIN = Duration.ofMillis(150);

    private final World world;
    private final SplittableRandom random;
    private final int number;
    private int requests;

    Customer(World world, SplittableRandom random, int number) {
        this.world = world;
        this.random = random;
        this.number = number;
    }

    void shop() throws InterruptedException {
        for (int i = 0; i < ERRANDS; i++) {
            List<RunId> known = world.known();
            int errand = known.isEmpty() ? 0 : random.nextInt(12);
            switch (errand) {
                case 0, 1, 2, 3, 4 -> start();
                case 5 -> cancel(one(known));
                case 6 -> delete(one(known));
                case 7 -> look(one(known));
                case 8, 9 -> signal(one(known));
                case 10 -> world.turns().sleep(Duration.ofMillis(random.nextInt(4_000)));
                default -> {
                    if (random.nextInt(3) == 0) world.node().close();
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
        // Two customers may want the same thing, and one of them gets the other's.
        String key = random.nextInt(8) == 0 ? "key " + random.nextInt(3) : null;
        String request = "start " + number + "." + ++requests;
        var wish = new StartRequest(
                Namespace.DEFAULT, task, String.valueOf(input), new StartRequest.Identity(key, request), options());
        Started started = ask("start", engine -> engine.start(wish));
        if (started == null) return;
        boolean ours = key == null || started.how() == Started.How.NEW;
        world.started(started.id(), ours ? input : World.UNKNOWN);
    }

    private StartRequest.Options options() {
        Duration delay = random.nextInt(6) == 0 ? Duration.ofMillis(random.nextInt(5_000)) : Duration.ZERO;
        Duration ttl = random.nextInt(10) == 0 ? Duration.ofMillis(1 + random.nextInt(3_000)) : null;
        Duration limit = random.nextInt(10) == 0 ? Duration.ofMillis(500 + random.nextInt(3_000)) : null;
        return new StartRequest.Options(new Command.Timing(delay, ttl, Duration.ZERO), limit, List.of());
    }

    private void cancel(RunId id) throws InterruptedException {
        String request = "cancel " + number + "." + ++requests;
        Boolean accepted = ask("cancel", engine -> {
            engine.cancel(Namespace.DEFAULT, id, request);
            return true;
        });
        if (accepted != null) world.cancelled(id);
    }

    private void signal(RunId id) throws InterruptedException {
        String request = "signal " + number + "." + ++requests;
        var sent = new Runs.Sent(Journey.GO.name(), '"' + request + '"');
        ask("signal", engine -> {
            engine.signal(Namespace.DEFAULT, id, sent, request);
            return true;
        });
    }

    private void delete(RunId id) throws InterruptedException {
        String request = "delete " + number + "." + ++requests;
        ask("delete", engine -> {
            engine.delete(Namespace.DEFAULT, id, request);
            return true;
        });
    }

    private void look(RunId id) throws InterruptedException {
        var view = ask("look", engine -> engine.show(Namespace.DEFAULT, id));
        if (view == null) return;
        var outcome = view.run().status().outcome();
        if (outcome != null) world.history().ended(id, outcome);
    }

    /** Null if it is refused. */
    private <T> @Nullable T ask(String what, Function<Engine, T> request) throws InterruptedException {
        while (true) {
            try {
                return world.node().ask(what, request);
            } catch (Refused e) {
                return null;
            } catch (Unavailable e) {
                world.turns().sleep(AGAIN);
            }
        }
    }
}
