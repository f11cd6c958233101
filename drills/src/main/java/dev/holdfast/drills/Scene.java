package dev.holdfast.drills;

import dev.holdfast.localpg.LocalPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A cluster under load, and what one can do to it. */
final class Scene {
    /** For what the cluster has to do by itself; a frozen node is found after ten seconds. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Half a second, and what a busy machine adds; a node that hangs ends by itself after eight. */
    private static final Duration LEAVES = Duration.ofSeconds(6);

    private static final int SHORTEST = 200;
    private static final int LONGEST = 900;
    /** In milliseconds, for a start to be sent and perhaps answered. */
    private static final int ASKED = 15;

    private final Database database;
    private final Fleet fleet;
    private final Load load;
    private final Random random;
    private final Progress progress;
    private final List<Strike> strikes = new ArrayList<>();
    private final Deaths deaths = new Deaths();
    private final List<Lookout> lookouts = new ArrayList<>();

    Scene(Database database, Fleet fleet, Load load, Random random, Progress progress) {
        this.database = database;
        this.fleet = fleet;
        this.load = load;
        this.random = random;
        this.progress = progress;
    }

    Database database() {
        return database;
    }

    Fleet fleet() {
        return fleet;
    }

    Load load() {
        return load;
    }

    /** For what it has to do when there is something to do: whoever comes may wait until a run ends and another one is started. */
    Duration patience() {
        return PATIENCE.plus(load.lasts());
    }

    Diary diary() {
        return load.diary();
    }

    Random random() {
        return random;
    }

    void say(String what) {
        progress.say(what);
    }

    List<Strike> strikes() {
        return List.copyOf(strikes);
    }

    Deaths deaths() {
        return deaths;
    }

    Strike note(Strike strike) {
        strikes.add(strike);
        return strike;
    }

    /** A moment at which one does not know what each of these nodes executes; but something, and that for a while yet. */
    void awaitMoment(List<Node> nodes) throws InterruptedException {
        Thread.sleep(SHORTEST + random.nextInt(LONGEST - SHORTEST));
        for (Node node : nodes) {
            Wait.need("node " + node.label() + " executes something", patience(), () -> executes(node));
        }
    }

    /** A node of which something will have to go on elsewhere. */
    Node anyNode() {
        var nodes = fleet.inService();
        return nodes.get(random.nextInt(nodes.size()));
    }

    boolean executes(Node node) {
        return diary().isBusy(node.pid());
    }

    /** Ends a node by this signal, and, when what it had has gone on, starts its successor. */
    void replace(Node node, Strike.Kind kind) throws InterruptedException {
        if (kind == Strike.Kind.TERM) terminate(node);
        else kill(List.of(node), kind);
        succeed(List.of(node));
    }

    private void terminate(Node node) throws InterruptedException {
        load.askAt(List.of(node));
        askedSome();
        note(Strike.now(Strike.Kind.TERM, node));
        node.process().terminate();
        fleet.outOfService(node);
        say(Strike.Kind.TERM + ": node " + node.label() + ", pid " + node.pid());
        node.awaitLeft(LEAVES);
    }

    /** Whether what was asked for just now is answered is a matter of milliseconds. */
    private void askedSome() throws InterruptedException {
        Thread.sleep(random.nextInt(ASKED));
    }

    /** Kills these nodes at the same moment. */
    void kill(List<Node> nodes, Strike.Kind kind) throws InterruptedException {
        kill(lookOut(nodes), kind);
    }

    /** The same, at once, of nodes with these numbers. */
    void kill(Map<Node, Long> numbers, Strike.Kind kind) throws InterruptedException {
        List<Node> nodes = List.copyOf(numbers.keySet());
        load.askAt(nodes);
        askedSome();
        numbers.forEach((node, number) -> note(Strike.now(kind, node, number)));
        for (Node node : nodes) node.process().killSoon();
        for (Node node : nodes) {
            node.process().kill();
            deaths.gone(numbers.getOrDefault(node, 0L), now());
            fleet.outOfService(node);
            say(kind + ": node " + node.label() + ", pid " + node.pid());
        }
    }

    /** Watches for the deaths of these nodes, which takes a moment. @return their numbers */
    Map<Node, Long> lookOut(List<Node> nodes) throws InterruptedException {
        Map<Node, Long> numbers = Ring.numbers(nodes);
        LocalPostgres own = database.own();
        if (own == null) return numbers;
        for (long number : numbers.values()) lookouts.add(Lookout.of(own, number));
        return numbers;
    }

    /** Starts the successors of nodes that are gone, when what these had has gone on; at once, if nobody is left. */
    void succeed(List<Node> gone) throws InterruptedException {
        if (!fleet.inService().isEmpty()) for (Node node : gone) awaitResumed(node);
        var next = gone.stream().map(node -> fleet.start(node.label())).toList();
        for (Node node : next) fleet.ready(node, Fleet.STARTS);
        for (Node node : gone) awaitResumed(node);
        awaitFound(gone);
    }

    /** Those that were killed are found dead; who was told to end has left. */
    private void awaitFound(List<Node> gone) throws InterruptedException {
        List<Long> numbers = strikes.stream()
                .filter(strike -> strike.number() != 0
                        && strike.victim().filter(gone::contains).isPresent())
                .map(Strike::number)
                .toList();
        Wait.need("it is written down that the nodes " + numbers + " are dead", patience(), () -> {
            deaths.found(Ring.deaths(fleet.inService().getFirst()));
            return deaths.know(numbers);
        });
        for (Lookout lookout : lookouts) deaths.written(lookout.number(), lookout.seen());
        lookouts.clear();
    }

    /** What a node had in flight goes on elsewhere. */
    void awaitResumed(Node node) throws InterruptedException {
        Wait.need(
                "what node " + node.label() + " had goes on elsewhere",
                patience(),
                () -> !diary().isInFlight(node.pid()));
    }

    /**
     * A node executes user code after a moment.
     *
     * @param when for people who wait in vain
     */
    void awaitActive(Node node, long since, String when) throws InterruptedException {
        Wait.need(
                "node " + node.label() + " executes something " + when,
                patience(),
                () -> diary().activeSince(since).contains(node.pid()));
    }

    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
