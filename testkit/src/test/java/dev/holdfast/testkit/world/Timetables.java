package dev.holdfast.testkit.world;

import dev.holdfast.core.Missed;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.port.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Declares schedules, changes, pauses and removes them, and sets the clock. */
final class Timetables implements Role {
    private static final int ERRANDS = 16;
    private static final int PATIENCE = 60;
    private static final List<Missed> MISSED = List.of(Missed.values());
    private static final List<String> NAMES = List.of("one", "two", "three");
    private static final List<String> CRONS =
            List.of("*/5 * * * * *", "*/7 * * * * *", "0,20,40 * * * * *", "13 * * * * *", "0 * * * *", "*/15 * * * *");
    /** Too often for each of them to be made up for. */
    private static final List<String> DENSE = List.of("* * * * * *", "*/2 * * * * *");

    private final World world;
    private final SplittableRandom random;
    private final Connection connection;
    private final Map<String, StoredSchedule.Definition> declared = new HashMap<>();
    private final boolean setsTheClock;
    private int definitions;

    Timetables(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.connection = new Connection(world, "timetables");
        this.setsTheClock = random.nextBoolean();
    }

    @Override
    public void play() throws InterruptedException {
        for (int i = 0; i < ERRANDS; i++) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> put(name, definition());
                // As a boot does it that declares what was declared before.
                case 4 -> put(name, declared.getOrDefault(name, definition()));
                case 5 -> change("pause", name);
                case 6 -> change("resume", name);
                case 7 -> change("delete", name);
                case 8, 9 -> setTheClock();
                default -> world.turns().sleep(Duration.ofMillis(random.nextInt(9_000)));
            }
        }
    }

    private StoredSchedule.Definition definition() {
        var missed = MISSED.get(random.nextInt(MISSED.size()));
        var crons = missed != Missed.ALL && random.nextBoolean() ? DENSE : CRONS;
        Duration ttl = random.nextInt(6) == 0 ? Duration.ofSeconds(2) : null;
        return new StoredSchedule.Definition(
                crons.get(random.nextInt(crons.size())),
                "UTC",
                missed,
                Chores.ROUTINE.name(),
                String.valueOf(++definitions),
                null,
                ttl);
    }

    /** Often at the very moment at which something fires. */
    private void rest() throws InterruptedException {
        if (random.nextInt(3) > 0)
            world.turns().sleep(Duration.ofMillis(1_000 - world.now().toEpochMilli() % 1_000));
    }

    private void put(String name, StoredSchedule.Definition definition) throws InterruptedException {
        rest();
        declared.put(name, definition);
        String request = random.nextInt(3) == 0 ? null : connection.request("put");
        var wish = new Event.Wish.Defined(definition);
        world.note(new Event.Arranges(world.now(), name));
        boolean done =
                connection.tell("put", engine -> engine.schedules().put(Namespace.DEFAULT, name, definition, request));
        if (done) world.note(new Event.Arranged(world.now(), name, wish));
    }

    private void change(String how, String name) throws InterruptedException {
        rest();
        String request = connection.request(how);
        world.note(new Event.Arranges(world.now(), name));
        boolean done = connection.tell(how, engine -> {
            switch (how) {
                case "pause" -> engine.schedules().pause(Namespace.DEFAULT, name, request);
                case "resume" -> engine.schedules().resume(Namespace.DEFAULT, name, request);
                default -> engine.schedules().delete(Namespace.DEFAULT, name, request);
            }
        });
        Event.Wish wish = switch (how) {
            case "pause" -> new Event.Wish.Paused();
            case "resume" -> new Event.Wish.Resumed();
            default -> new Event.Wish.Gone();
        };
        if (done) world.note(new Event.Arranged(world.now(), name, wish));
    }

    private void setTheClock() {
        if (!setsTheClock) return;
        int seconds = List.of(2, 12, 40, 90, -1, -5, -20).get(random.nextInt(7));
        world.clock().set(Duration.ofSeconds(seconds));
    }

    /** Nothing is due any more, and nothing becomes due. */
    @Override
    public void leave() throws InterruptedException {
        Instant by = world.now();
        for (int i = 0; i < PATIENCE && isDue(by); i++) world.turns().sleep(Duration.ofSeconds(1));
        world.note(new Event.Waited(world.now(), by));
        for (String name : NAMES) change("delete", name);
    }

    private boolean isDue(Instant by) {
        return present().stream().anyMatch(schedule -> {
            var next = schedule.standing().next();
            return next != null && !next.isAfter(by);
        });
    }

    private List<StoredSchedule> present() {
        return world.crew().ledger().reads().schedules(Namespace.DEFAULT, null, NAMES.size());
    }
}
