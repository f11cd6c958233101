package dev.holdfast.testkit.world;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Some who start the same thing again and again, each time with another input, and sometimes stop it. */
final class Bursts implements Role {
    /** Before the input, which is a number of its own. */
    static final String REQUEST = "burst ";

    private static final int PLAYERS = 3;
    private static final int ERRANDS = 12;

    private final World world;
    private final SplittableRandom random;
    private final Connection connection;
    private int inputs;
    private int others;

    Bursts(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.connection = new Connection(world, "bursts");
    }

    @Override
    public void play() throws InterruptedException {
        for (int i = 1; i < PLAYERS; i++) {
            var dice = random.split();
            others++;
            world.outside("burst", () -> {
                play(dice);
                others--;
            });
        }
        play(random);
        world.turns().await("the others", () -> others == 0, null);
    }

    private void play(SplittableRandom dice) throws InterruptedException {
        for (int i = 0; i < ERRANDS; i++) {
            switch (dice.nextInt(10)) {
                case 0, 1 -> world.turns().sleep(Duration.ofMillis(dice.nextInt(2_500)));
                case 2 -> cancel(dice);
                default -> start(dice);
            }
        }
    }

    private void start(SplittableRandom dice) throws InterruptedException {
        String input = String.valueOf(++inputs);
        var debounce = new Command.Debounce("key " + dice.nextInt(4) / 3, Duration.ofMillis(1 + dice.nextInt(1_500)));
        Duration ttl = dice.nextInt(8) == 0 ? Duration.ofSeconds(2) : null;
        var timing = new Command.Timing(Duration.ZERO, ttl, Duration.ZERO, debounce);
        var wish = new StartRequest(
                Namespace.DEFAULT,
                Chores.BURST.name(),
                input,
                new StartRequest.Identity(null, REQUEST + input),
                new StartRequest.Options(timing, null, List.of()));
        Started started = connection.ask("start", engine -> engine.start(wish));
        if (started == null) {
            world.complain(REQUEST + input + " was refused");
            return;
        }
        world.register().started(started.id(), Register.UNKNOWN);
        world.note(new Event.Told(world.now(), REQUEST + input, List.of(started)));
    }

    private void cancel(SplittableRandom dice) throws InterruptedException {
        var known = world.register().known();
        if (known.isEmpty()) return;
        var id = known.get(known.size() - 1 - dice.nextInt(Math.min(3, known.size())));
        String request = connection.request("cancel");
        boolean done = connection.tell("cancel", engine -> engine.cancel(Namespace.DEFAULT, id, request));
        if (done) world.register().cancelled(id, world.now());
    }
}
