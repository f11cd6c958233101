package dev.holdfast.drills;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A cluster under load, and what one can do to it. */
final class Scene {
    /** For what the cluster has to do; a frozen node is found after ten seconds. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

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

    Strike note(Strike strike) {
        strikes.add(strike);
        return strike;
    }

    /** A moment at which each of these nodes executes something, and one does not know which. */
    void awaitMoment(List<Node> nodes) throws InterruptedException {
        Thread.sleep(SHORTEST + random.nextInt(LONGEST - SHORTEST));
        for (Node node : nodes) {
            Wait.need("node " + node.label() + " executes something", PATIENCE, () -> executes(node));
        }
    }

    /** A node of which something will have to go on elsewhere. */
    Node anyNode() {
        var nodes = fleet.inService();
        return nodes.get(random.nextInt(nodes.size()));
    }

    boolean executes(Node node) {
        return !diary().inFlight(node.pid(), now()).isEmpty();
    }

    /** Ends a node by this signal, and, when what it had has gone on, starts its successor. */
    void replace(Node node, Strike.Kind kind) throws InterruptedException {
        askAt(List.of(node));
        note(Strike.now(kind, node));
        if (kind == Strike.Kind.TERM) node.process().terminate();
        else node.process().kill();
        fleet.outOfService(node);
        say(kind + " of node " + node.label() + ", pid " + node.pid());
        if (kind == Strike.Kind.TERM) node.process().awaitExit(PATIENCE);
        succeed(List.of(node));
    }

    /** Some ask them for runs; whether these are answered is a matter of milliseconds. */
    private void askAt(List<Node> doomed) throws InterruptedException {
        load.askAt(doomed);
        Thread.sleep(random.nextInt(ASKED));
    }

    /** Kills these nodes at the same moment. */
    void kill(List<Node> nodes, Strike.Kind kind) throws InterruptedException {
        askAt(nodes);
        for (Node node : nodes) note(Strike.now(kind, node));
        for (Node node : nodes) node.process().killSoon();
        for (Node node : nodes) {
            node.process().kill();
            fleet.outOfService(node);
            say(kind + ": node " + node.label() + ", pid " + node.pid());
        }
    }

    /** Starts the successors of nodes that are gone, when what these had has gone on; at once, if nobody is left. */
    void succeed(List<Node> gone) throws InterruptedException {
        if (!fleet.inService().isEmpty()) for (Node node : gone) awaitResumed(node);
        var next = gone.stream().map(node -> fleet.start(node.label())).toList();
        for (Node node : next) fleet.ready(node, Fleet.STARTS);
        for (Node node : gone) awaitResumed(node);
    }

    /** What a node had in flight goes on elsewhere. */
    void awaitResumed(Node node) throws InterruptedException {
        Wait.need(
                "what node " + node.label() + " had goes on elsewhere",
                PATIENCE,
                () -> diary().inFlight(node.pid(), Long.MAX_VALUE).isEmpty());
    }

    /**
     * A node executes user code after a moment.
     *
     * @param when for people who wait in vain
     */
    void awaitActive(Node node, long since, String when) throws InterruptedException {
        Wait.need(
                "node " + node.label() + " executes something " + when,
                PATIENCE,
                () -> diary().activeSince(since).contains(node.pid()));
    }

    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
