package dev.holdfast.drills;

import dev.holdfast.drills.Strike.Kind;
import dev.holdfast.localpg.LocalPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes are killed, and others come; again and again. One of them; one and the survivor that is taking over what it had; two
 * that watch each other; all but one; all.
 *
 * @param blows what happens, in order
 * @param calm before each of them
 * @param finders who may find the dead
 * @param aim within which half of those that are killed alone are found; zero for any time
 */
record NodeDeath(List<Kind> blows, Duration calm, Finders finders, Duration aim) implements Fault {
    /** Who may find the dead. */
    enum Finders {
        ALL,
        /** Their neighbours: nobody sweeps, and nobody is told anything. */
        NEIGHBOURS
    }

    /** Of those whose neighbour lives, one of so many may be found by the sweep: it may come while the neighbour looks around. */
    private static final int SWEPT = 10;
    /** With fewer deaths than these one of them, or the middle of them, says nothing. */
    private static final int ENOUGH = 5;

    /** As long as somebody else has the rows of the runs that are to be taken over. */
    private static final String LOCK =
            "BEGIN; SELECT id FROM holdfast.runs WHERE holder_number = %d ORDER BY id FOR UPDATE;"
                    + " SELECT pg_sleep(%s); COMMIT";

    private static final String IS_LOCKED = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            + " AND query LIKE '%holder_number%' AND pid <> pg_backend_pid()";
    private static final double LOCKED_SECONDS = 2;
    /** Who waits for a row; not for a lock of the ring, for which all always wait. */
    private static final String SWEEPS = "SELECT substr(application_name, 10) FROM pg_stat_activity"
            + " WHERE application_name LIKE 'holdfast/%%' AND application_name <> 'holdfast/%d'"
            + " AND wait_event IN ('transactionid', 'tuple') LIMIT 1";

    NodeDeath {
        blows = List.copyOf(blows);
    }

    /** Every kind of blow that so many nodes can be given, once, one right after the other. */
    static NodeDeath inShort(int nodes) {
        return new NodeDeath(withOne(others(nodes)), Duration.ZERO, Finders.ALL, Duration.ZERO);
    }

    /**
     * Every other time one node, in between the other kinds of blows in turn.
     *
     * @param calm before each: the virtual machine of a node that has just been started keeps a processor busy, on which the
     *     others wait when there are few
     */
    static NodeDeath often(int times, int nodes, Duration calm) {
        var others = others(nodes);
        var blows = new ArrayList<Kind>();
        for (int i = 0; i < times; i++) blows.add(i % 2 == 0 ? Kind.KILL : others.get(i / 2 % others.size()));
        return new NodeDeath(blows, calm, Finders.ALL, Duration.ZERO);
    }

    /** The same, but that only these find the dead. */
    NodeDeath foundBy(Finders these) {
        return new NodeDeath(blows, calm, these, aim);
    }

    /** The same, with this aim. */
    NodeDeath within(Duration time) {
        return new NodeDeath(blows, calm, finders, time);
    }

    private static List<Kind> withOne(List<Kind> others) {
        var all = new ArrayList<>(List.of(Kind.KILL));
        all.addAll(others);
        return all;
    }

    private static List<Kind> others(int nodes) {
        if (nodes == 2) return List.of(Kind.ALL);
        // Two of three are all but one.
        if (nodes == 3) return List.of(Kind.HEIR, Kind.REST, Kind.ALL);
        return List.of(Kind.HEIR, Kind.NEIGHBOURS, Kind.REST, Kind.ALL);
    }

    @Override
    public String name() {
        return "node-death";
    }

    @Override
    public Database database(ClusterDrill.Plan plan, Consumer<String> progress) throws IOException {
        var database = Fault.super.database(plan, progress);
        if (finders == Finders.NEIGHBOURS)
            RingAlone.in(Objects.requireNonNull(database.own(), "one of the drill's own"));
        return database;
    }

    @Override
    public List<String> happen(Scene scene) throws InterruptedException {
        for (Kind blow : blows) {
            Thread.sleep(calm);
            if (blow == Kind.HEIR) heir(scene);
            else {
                List<Node> victims = victims(scene, blow);
                Map<Node, Long> numbers = scene.lookOut(victims);
                // Last: what they execute may end while they are asked.
                scene.awaitMoment(victims);
                scene.kill(numbers, blow);
                scene.succeed(victims);
            }
        }
        return List.of();
    }

    private static List<Node> victims(Scene scene, Kind blow) {
        List<Node> all = scene.fleet().inService();
        Node one = scene.anyNode();
        return switch (blow) {
            case NEIGHBOURS -> neighbours(scene, all);
            case REST -> all.stream().filter(node -> !node.equals(one)).toList();
            case ALL -> all;
            default -> List.of(one);
        };
    }

    private static List<Node> neighbours(Scene scene, List<Node> all) {
        Map<Node, Long> numbers = Ring.numbers(all);
        var ring = all.stream()
                .sorted(Comparator.comparing(node -> numbers.getOrDefault(node, 0L)))
                .toList();
        int one = scene.random().nextInt(ring.size());
        return List.of(ring.get(one), ring.get((one + 1) % ring.size()));
    }

    /**
     * The second is killed in the middle of the takeover. In a database of ours that is certain: the rows are locked by us, and
     * it waits for them. In another one it is a matter of milliseconds.
     */
    private static void heir(Scene scene) throws InterruptedException {
        Node first = scene.anyNode();
        Map<Node, Long> others = Ring.numbers(scene.fleet().inService());
        others.remove(first);
        Map<Node, Long> dying = scene.lookOut(List.of(first));
        scene.awaitMoment(List.of(first));
        LocalPostgres own = scene.database().own();
        Node second;
        if (own == null) {
            scene.kill(dying, Kind.HEIR);
            Thread.sleep(scene.random().nextInt(30));
            second = scene.anyNode();
        } else {
            second = whileItWaits(scene, dying, others, own);
        }
        scene.kill(Map.of(second, others.getOrDefault(second, 0L)), Kind.HEIR);
        scene.succeed(List.of(first, second));
    }

    /** Who waits for the rows of the dying one. */
    private static Node whileItWaits(Scene scene, Map<Node, Long> dying, Map<Node, Long> others, LocalPostgres own)
            throws InterruptedException {
        long number = dying.values().iterator().next();
        var locking = CompletableFuture.runAsync(
                () -> own.query(Database.NAME, LOCK.formatted(number, Double.toString(LOCKED_SECONDS))),
                Thread::startVirtualThread);
        Wait.need("the rows of node " + number + " are locked", Scene.PATIENCE, () -> isTrue(own, IS_LOCKED));
        scene.kill(dying, Kind.HEIR);
        var heir = new String[] {""};
        Wait.need("somebody takes over what node " + number + " had", Scene.PATIENCE, () -> {
            if (locking.isDone()) throw new IllegalStateException("nobody was seen to take over what it had");
            heir[0] = answer(own, SWEEPS.formatted(number));
            return !heir[0].isEmpty();
        });
        return others.entrySet().stream()
                .filter(each -> each.getValue().toString().equals(heir[0]))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody is number " + heir[0] + ": " + others));
    }

    private static boolean isTrue(LocalPostgres own, String question) {
        return !answer(own, question).isEmpty();
    }

    private static String answer(LocalPostgres own, String question) {
        var rows = own.query(Database.NAME, question);
        @Nullable String value = rows.isEmpty() ? null : rows.getFirst().getFirst();
        return value == null ? "" : value;
    }

    @Override
    public List<String> violations(Evidence evidence) {
        var violations = new ArrayList<String>();
        int watched = watched(evidence).size();
        int others = foundByOthers(evidence);
        if (others > allowed(watched)) {
            violations.add("of " + watched + " nodes that were killed while their neighbour lived, "
                    + (watched - others) + " were found dead by it: the ring does not watch them");
        }
        Spread took = alone(evidence);
        if (aim.isPositive() && took.count() >= ENOUGH && took.p50() > aim.toNanos() / 1_000) {
            violations.add("nodes that were killed were found dead after " + took.p50() / 1_000 + " ms (p50 of "
                    + took.count() + "), and the aim is " + aim.toMillis() + " ms (--aim)");
        }
        return violations;
    }

    @Override
    public List<String> unjudged(Evidence evidence) {
        var unjudged = new ArrayList<String>();
        int watched = watched(evidence).size();
        int others = foundByOthers(evidence);
        if (watched < ENOUGH && others > 0 && others <= allowed(watched)) {
            unjudged.add(
                    "no verdict about the ring: one was not found dead by its neighbour, which may be chance (kills while"
                            + " the neighbour lived: " + watched + "; it takes " + ENOUGH + ")");
        }
        long alone = alone(evidence).count();
        if (aim.isPositive() && alone < ENOUGH) {
            unjudged.add("no verdict about the aim of " + aim.toMillis()
                    + " ms (kills of one alone that were seen to be found: " + alone + "; it takes " + ENOUGH + ")");
        }
        return unjudged;
    }

    /** Those whose neighbour lived. */
    private static List<Strike> watched(Evidence evidence) {
        var watched = new ArrayList<>(evidence.strikes(Kind.KILL));
        watched.addAll(evidence.strikes(Kind.HEIR));
        return watched;
    }

    private static int foundByOthers(Evidence evidence) {
        var watched = watched(evidence);
        return watched.size() - evidence.deaths().how(watched).getOrDefault(Deaths.How.RING, 0);
    }

    private int allowed(int watched) {
        return finders == Finders.NEIGHBOURS ? 0 : Math.max(1, watched / SWEPT);
    }

    private static Spread alone(Evidence evidence) {
        return evidence.deaths().took(evidence.strikes(Kind.KILL));
    }
}
