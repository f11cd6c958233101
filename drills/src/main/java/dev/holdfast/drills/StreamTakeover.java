package dev.holdfast.drills;

import dev.holdfast.drills.Strike.Kind;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.LocalServer;
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
 * A node dies, ends or is frozen while what it executes sends; or what stores it does. Whoever watches was told a part of it, at
 * this node or at another one; others come while it goes on elsewhere, or when it has ended. All of them read the same story in
 * the end.
 */
final class StreamTakeover {
    /** The drill's own NATS is away within it, and elects leaders. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the names of nodes' streams begin with. */
    private static final String STREAM = "holdfast-";

    private static final Duration LEAVES = Duration.ofSeconds(10);

    /**
     * @param nodes how many
     * @param rounds in each of which something is done to a node, or to NATS
     * @param seed of the choices
     * @param folder for everything the drill writes; is there, and empty
     * @param url of the database; null for one of the drill's own
     * @param nats where streams are: see {@link StreamStore#of}
     * @param away how long NATS does not answer
     */
    record Plan(
            int nodes,
            int rounds,
            long seed,
            Path folder,
            @Nullable String url,
            @Nullable String nats,
            Duration away) {
        /** Of the last rounds, if NATS is the drill's own. */
        private static final List<Kind> LAST = List.of(Kind.HUSH, Kind.NATS, Kind.SILENCE, Kind.STOP);

        /** Without the URLs, which may contain a password. */
        @Override
        public String toString() {
            return "Plan[" + nodes + " nodes, " + rounds + " rounds, seed " + seed + "]";
        }

        /** The last one is frozen, one of five is told to end, all others die; before that a NATS of our own is broken. */
        Kind blow(int round) {
            int last = LAST.size() - 1 - (rounds - round);
            boolean isLast = StreamStore.OWN.equals(nats) ? last >= 0 : round == rounds;
            if (isLast) return LAST.get(last);
            return round % 5 == 3 ? Kind.TERM : Kind.KILL;
        }
    }

    /**
     * What was done, and to which pieces.
     *
     * @param strike to a node, or to NATS
     * @param struck what the node was executing; what still had to be stored, if it was NATS
     * @param all that were under way
     */
    record Round(Strike strike, List<Piece> struck, List<Piece> all) {
        /** Of the process that was hit; 0 if it was NATS. */
        long pid() {
            return strike.victim().map(Node::pid).orElse(0L);
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
        progress.say("starting PostgreSQL" + (StreamStore.OWN.equals(plan.nats()) ? " and NATS" : ""));
        String name = "drill-" + plan.seed() + "-" + System.currentTimeMillis();
        try (var database = Database.of(plan.url(), progress::say);
                var store = StreamStore.of(plan.nats());
                var pass = Pass.of(database, name, progress::warn);
                var fleet = new Fleet(program.with(store.environment()), database, pass, plan.folder())) {
            return run(name, fleet, store);
        } finally {
            progress.end();
        }
    }

    private Report run(String name, Fleet fleet, StreamStore store) throws InterruptedException {
        progress.say("starting " + plan.nodes() + " nodes");
        for (Node node : Fleet.labels(plan.nodes()).stream().map(fleet::start).toList())
            fleet.ready(node, Fleet.STARTS);
        var client = new Client(fleet, PATIENCE);
        try {
            for (int number = 1; number <= plan.rounds(); number++) {
                Kind kind = plan.blow(number);
                progress.say("round " + number + " of " + plan.rounds() + ": " + kind);
                var concert = Concert.begin(name + "-" + number, fleet, any(fleet), PATIENCE);
                var scene = new Scenery(fleet, client, concert);
                LocalNats nats = store.own();
                if (nats != null && kind.isOfNats()) hit(nats, kind, scene);
                else hit(kind, scene);
                for (Node node : fleet.inService()) concert.watchedFromNow("late", node);
            }
        } catch (IOException | RuntimeException e) {
            troubles.add(Trouble.of(e));
        }
        progress.say("looking at everything again");
        return new StreamFindings(plan, client, rounds, troubles).report(fleet);
    }

    /** Of one round. */
    private record Scenery(Fleet fleet, Client client, Concert concert) {}

    private void hit(Kind kind, Scenery scene) throws IOException, InterruptedException {
        Concert concert = scene.concert();
        Fleet fleet = scene.fleet();
        // Others still recite when a frozen one comes back.
        int latest = kind == Kind.STOP ? Concert.LINES : (Concert.PARTS - 1) * Concert.LINES;
        int after = rounds.isEmpty() ? Concert.LINES : 2 + random.nextInt(latest);
        // Before: what is recited may end while they are asked.
        Map<Node, Long> numbers = Ring.numbers(fleet.inService());
        awaitMoment(concert, after);
        Node doomed = concert.reciter();
        // What it sends until it stands still is its own.
        if (kind == Kind.STOP) doomed.process().signal("STOP");
        var strike = Strike.now(kind, doomed, numbers.getOrDefault(doomed, 0L));
        List<Piece> struck = concert.of(doomed);
        rounds.add(new Round(strike, struck, concert.pieces()));
        switch (kind) {
            case STOP -> {}
            case TERM -> doomed.process().terminate();
            default -> doomed.process().kill();
        }
        fleet.outOfService(doomed);
        progress.say(kind + ": node " + doomed.label() + ", pid " + doomed.pid() + ", which recites " + struck.size()
                + " of " + concert.pieces().size());
        concert.cancel(scene.client());
        awaitResumed(struck, strike, doomed);
        Instant woken = Instant.now();
        if (kind == Kind.STOP) {
            concert.awaitTakenOver(struck, scene.client());
            woken = Instant.now();
            // It sends something that is to be shown to nobody, before it finds that others recite what it had.
            doomed.process().signal("CONT");
        }
        concert.watchedFromNow("in the middle", any(fleet));
        concert.awaitEnd(scene.client());
        mend(strike, woken, fleet);
    }

    private static void awaitMoment(Concert concert, int shown) throws InterruptedException {
        concert.awaitShown(Piece.Kind.STEPS, shown);
        // So that something stands that was sent between steps, which is not to be sent again.
        concert.awaitShown(Piece.Kind.BETWEEN, Concert.LINES + 1);
    }

    private Node any(Fleet fleet) {
        List<Node> nodes = fleet.inService();
        return nodes.get(random.nextInt(nodes.size()));
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

    /**
     * The cluster is whole again.
     *
     * @param woken when the node went on, if it was frozen
     */
    private static void mend(Strike strike, Instant woken, Fleet fleet) throws InterruptedException {
        Node node = strike.victim().orElseThrow();
        switch (strike.kind()) {
            // Its code has left, and what it wanted to send has been refused, or it would not serve again.
            case STOP -> fleet.back(node, strike.number(), woken, PATIENCE);
            case TERM -> {
                node.awaitLeft(LEAVES);
                fleet.ready(fleet.start(node.label()), Fleet.STARTS);
            }
            default -> fleet.ready(fleet.start(node.label()), Fleet.STARTS);
        }
    }

    /** Who sends waits, and goes on where he was. */
    private void hit(LocalNats nats, Kind kind, Scenery scene) throws IOException, InterruptedException {
        Concert concert = scene.concert();
        List<LocalServer> hit = kind == Kind.NATS ? List.of(nats.leader(STREAM)) : nats.servers();
        awaitMoment(concert, 2 + random.nextInt(Concert.LINES));
        for (LocalServer server : hit) {
            if (kind == Kind.HUSH) server.pause();
            else server.kill();
        }
        // What was sent before all of them had gone may be stored.
        List<Piece> struck = concert.unsaid();
        rounds.add(new Round(Strike.now(kind, null), struck, concert.pieces()));
        concert.cancel(scene.client());
        concert.watchedFromNow("in the middle", any(scene.fleet()));
        if (kind == Kind.NATS) {
            concert.awaitEnd(scene.client());
        } else {
            Thread.sleep(plan.away());
            for (Piece piece : concert.ended(struck, scene.client()))
                troubles.add(piece.run() + " has ended, though what it had to send could be stored nowhere");
        }
        for (LocalServer server : hit) {
            if (kind == Kind.HUSH) server.resume();
            else server.start();
        }
        concert.awaitEnd(scene.client());
    }
}
