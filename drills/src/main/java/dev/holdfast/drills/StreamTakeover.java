package dev.holdfast.drills;

import dev.holdfast.drills.Strike.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A node dies, ends or is frozen while what it executes sends. Whoever watches was told a part of it, at this node or at another
 * one; others come while it goes on elsewhere, or when it has ended. All of them read the same story in the end.
 */
final class StreamTakeover {
    static final int PARTS = 4;
    static final int LINES = 5;
    private static final int MILLIS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Duration LEAVES = Duration.ofSeconds(10);

    /**
     * @param nodes how many
     * @param rounds in each of which something is done to a node
     * @param seed of the choices
     * @param folder for everything the drill writes; is there, and empty
     * @param url of the database; null for one of the drill's own
     */
    record Plan(
            int nodes,
            int rounds,
            long seed,
            Path folder,
            @Nullable String url) {
        /** Without the URL, which may contain a password. */
        @Override
        public String toString() {
            return "Plan[" + nodes + " nodes, " + rounds + " rounds, seed " + seed + "]";
        }

        /** The last one is frozen, one of five is told to end, all others die. */
        Kind blow(int round) {
            if (round == rounds) return Kind.STOP;
            return round % 5 == 3 ? Kind.TERM : Kind.KILL;
        }
    }

    /**
     * What was done, and to which pieces.
     *
     * @param strike to the node
     * @param struck what it was executing
     * @param all that were under way
     */
    record Round(Strike strike, List<Piece> struck, List<Piece> all) {
        long pid() {
            return strike.victim().orElseThrow().pid();
        }
    }

    private final Plan plan;
    private final Program program;
    private final Progress progress;
    private final Random random;
    private final List<Round> rounds = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();

    StreamTakeover(Plan plan, Program program, Progress progress) {
        this.plan = plan;
        this.program = program;
        this.progress = progress;
        this.random = new Random(plan.seed());
    }

    /**
     * Does it all.
     *
     * @throws IllegalStateException if the cluster does not even start
     */
    Report run() throws InterruptedException {
        progress.say("starting PostgreSQL");
        String name = "drill-" + plan.seed() + "-" + System.currentTimeMillis();
        try (var database = Database.of(plan.url(), progress::say);
                var pass = Pass.of(database, name, progress::warn);
                var fleet = new Fleet(program, database, pass, plan.folder())) {
            return run(name, fleet);
        } finally {
            progress.end();
        }
    }

    private Report run(String name, Fleet fleet) throws InterruptedException {
        progress.say("starting " + plan.nodes() + " nodes");
        for (Node node : Fleet.labels(plan.nodes()).stream().map(fleet::start).toList())
            fleet.ready(node, Fleet.STARTS);
        var client = new Client(fleet, PATIENCE);
        try {
            for (int round = 1; round <= plan.rounds(); round++) round(round, name, fleet, client);
        } catch (IOException | RuntimeException e) {
            troubles.add(Trouble.of(e));
        }
        progress.say("looking at everything again");
        return new StreamFindings(plan, client, rounds, troubles).report(fleet);
    }

    private void round(int number, String name, Fleet fleet, Client client) throws IOException, InterruptedException {
        Kind kind = plan.blow(number);
        List<Node> nodes = fleet.inService();
        Node doomed = nodes.get(random.nextInt(nodes.size()));
        long its = Ring.demandNumber(doomed);
        var pieces = pieces(name + "-" + number, fleet, doomed);
        int after = number == 1 ? LINES : 2 + random.nextInt((PARTS - 1) * LINES);
        awaitShown(pieces, Piece.Kind.STEPS, after);
        // So that something stands that was sent between steps, which is not to be sent again.
        awaitShown(pieces, Piece.Kind.BETWEEN, LINES + 1);
        // Another one may have taken some of them.
        List<Piece> struck = pieces.stream()
                .filter(piece -> !piece.isDone() && piece.sender().orElse(0L) == doomed.pid())
                .toList();
        // What it sends until it stands still is its own.
        if (kind == Kind.STOP) doomed.process().signal("STOP");
        var strike = Strike.now(kind, doomed, its);
        rounds.add(new Round(strike, struck, pieces));
        strike(strike, doomed, fleet);
        progress.say("round " + number + " of " + plan.rounds() + ", " + kind + ": node " + doomed.label() + ", pid "
                + doomed.pid() + ", which recites " + struck.size() + " of " + pieces.size());
        for (Piece piece : pieces) if (piece.kind() == Piece.Kind.CANCELLED) cancel(piece, client);
        awaitResumed(struck, strike, doomed);
        for (Piece piece : pieces) piece.watchedFromNow("in the middle", fleet, any(fleet));
        for (Piece piece : pieces) awaitEnd(piece, client);
        mend(strike, doomed, fleet);
        for (Piece piece : pieces) for (Node node : fleet.inService()) piece.watchedFromNow("late", fleet, node);
    }

    private static void awaitShown(List<Piece> pieces, Piece.Kind kind, int chunks) throws InterruptedException {
        for (Piece piece : pieces)
            if (piece.kind() == kind)
                Wait.need(
                        "everybody who watches " + piece.run() + " has seen " + chunks + " chunks",
                        PATIENCE,
                        () -> piece.hasShown(chunks));
    }

    private List<Piece> pieces(String name, Fleet fleet, Node doomed) throws InterruptedException {
        var pieces = new ArrayList<Piece>();
        for (Piece.Kind kind : Piece.Kind.values()) {
            String input = "{\"parts\":%d,\"lines\":%d,\"millis\":%d,\"shape\":\"%s\"}"
                    .formatted(PARTS, LINES, MILLIS, kind.shape());
            var client = new Client(fleet.from(doomed), PATIENCE);
            var piece = new Piece(
                    kind,
                    client.start(new Client.Order("recital", input, null, name + "-" + kind))
                            .run());
            for (Node node : fleet.inService()) piece.watchedFromTheStart(fleet, node);
            pieces.add(piece);
        }
        return pieces;
    }

    private Node any(Fleet fleet) {
        List<Node> nodes = fleet.inService();
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void strike(Strike strike, Node node, Fleet fleet) throws IOException, InterruptedException {
        switch (strike.kind()) {
            case STOP -> {}
            case TERM -> node.process().terminate();
            default -> node.process().kill();
        }
        fleet.outOfService(node);
    }

    private static void cancel(Piece piece, Client client) throws IOException {
        var answer = client.api().post("/v1/runs/" + piece.run() + "/cancel", "", Map.of());
        if (!answer.isSuccess()) throw new IllegalStateException("a cancel was answered with " + answer);
    }

    private static void awaitResumed(List<Piece> struck, Strike strike, Node node) throws InterruptedException {
        for (Piece piece : struck) {
            if (!piece.kind().isWhole()) continue;
            Wait.need(
                    "somebody else goes on with " + piece.run() + ", which node " + node.label() + " recited",
                    PATIENCE,
                    () -> piece.isDone()
                            || piece.resumed(node.pid(), strike.micros()).isPresent());
        }
    }

    private static void awaitEnd(Piece piece, Client client) throws InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (!RunAccount.parse(client.get("/v1/runs/" + piece.run()).body()).isFinished()) {
            if (Instant.now().isAfter(end))
                throw new IllegalStateException(piece.run() + " has not ended within " + PATIENCE.toSeconds() + " s");
            Thread.sleep(MILLIS);
        }
    }

    /** The cluster is whole again. */
    private void mend(Strike strike, Node node, Fleet fleet) throws IOException, InterruptedException {
        switch (strike.kind()) {
            case STOP -> {
                node.process().signal("CONT");
                // Its code has left, and what it wanted to send has been refused, or it would not serve again.
                Wait.need(
                        "the node that was frozen is a new one",
                        PATIENCE,
                        () -> Ring.number(node)
                                .filter(now -> now != strike.number())
                                .isPresent());
                fleet.backInService(node);
            }
            case TERM -> {
                node.awaitLeft(LEAVES);
                fleet.ready(fleet.start(node.label()), Fleet.STARTS);
            }
            default -> fleet.ready(fleet.start(node.label()), Fleet.STARTS);
        }
    }
}
