package dev.holdfast.testkit.world;

import dev.holdfast.core.Unavailable;
import dev.holdfast.testkit.sim.Gate;
import dev.holdfast.testkit.sim.Point;
import dev.holdfast.testkit.sim.Turns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Everything that goes wrong, drawn from a seed. At every point of the node it may die or freeze; every call of its ledger
 * and its stream may fail, or lose its answer, done or not; the disk is full for a while; hints are lost. How often which
 * of it happens is drawn too: some worlds are calm, some have no hint at all.
 */
final class Chaos implements Turns.Observer {
    private static final int MOST_DEATHS = 20;
    private static final int MOST_FAILURES = 30;

    private final SplittableRandom random;
    private final Turns turns;
    private final double deaths;
    private final double freezes;
    private final double lostAnswers;
    private final double outages;
    private final double lostHints;
    private final Map<String, Integer> struck = new TreeMap<>();
    private final Map<String, Integer> reached = new TreeMap<>();
    private Instant outageUntil = Instant.MIN;
    private int deathsLeft = MOST_DEATHS;
    private int failuresLeft = MOST_FAILURES;
    private boolean calm;
    private final Map<String, Node> targets = new TreeMap<>();

    Chaos(long seed, Turns turns) {
        this.random = new SplittableRandom(~seed);
        this.turns = turns;
        this.deaths = oneOf(0, 0.05, 0.1, 0.25);
        this.freezes = oneOf(0, 0, 0.03);
        this.lostAnswers = oneOf(0, 0.01, 0.04);
        this.outages = oneOf(0, 0.001, 0.005);
        this.lostHints = oneOf(0, 0, 0.3, 1);
    }

    private double oneOf(double... rates) {
        return rates[random.nextInt(rates.length)];
    }

    /** Nothing goes wrong any more. */
    void calm() {
        calm = true;
        outageUntil = Instant.MIN;
    }

    boolean isCalm() {
        return calm;
    }

    /** What may die. */
    void aimAt(Node node) {
        targets.put(node.process().name(), node);
    }

    /** Where a node was, and how often. */
    Map<String, Integer> reached() {
        return reached;
    }

    /** Where the node was when it died or froze, or when a call failed, and how often. */
    Map<String, Integer> struck() {
        return struck;
    }

    @Override
    public void at(Point point) {
        if (!point.process().startsWith(Node.NAME)) return;
        int times = reached.merge(point.place(), 1, Integer::sum);
        Node node = targets.get(point.process());
        if (calm || deathsLeft <= 0 || node == null || node.isDown()) return;
        // A place that is seldom reached would hardly ever be struck otherwise.
        double dice = random.nextDouble() * times;
        if (dice < deaths) {
            dies(point);
            node.process().kill();
        } else if (dice < deaths + freezes) {
            dies(point);
            node.freeze();
        }
    }

    private void dies(Point point) {
        deathsLeft--;
        targets.remove(point.process());
        struck.merge(point.place(), 1, Integer::sum);
    }

    /** Something else went wrong. */
    void note(String what) {
        struck.merge(what, 1, Integer::sum);
    }

    private void failed(String place) {
        failuresLeft--;
        struck.merge(place, 1, Integer::sum);
    }

    /** Before a call reaches the other side; answers whether it does. */
    boolean reaches(Gate.Call call) {
        if (calm) return true;
        if (call.method().equals("fencing")) return true;
        // It may be left to the log, which does it in the end.
        if (call.toString().equals("StreamLog.remove")) return random.nextDouble() >= lostHints;
        if (call.port().equals("Hints")) return !isHint(call) || random.nextDouble() >= lostHints;
        if (turns.now().isBefore(outageUntil)) throw unavailable();
        if (failuresLeft > 0 && random.nextDouble() < outages) {
            failed("outage at " + call);
            outageUntil = turns.now().plusMillis(random.nextInt(3_000));
            throw unavailable();
        }
        if (failuresLeft > 0 && mayLoseItsAnswer(call) && random.nextDouble() < lostAnswers / 2) {
            failed("lost before " + call);
            throw unknown();
        }
        return true;
    }

    private static boolean isHint(Gate.Call call) {
        return List.of("changed", "work", "posted").contains(call.method());
    }

    /** Before the answer to a call that was done comes back. */
    void returns(Gate.Call call) {
        if (calm || failuresLeft <= 0 || !mayLoseItsAnswer(call)) return;
        if (random.nextDouble() >= lostAnswers / 2) return;
        failed("lost after " + call);
        throw unknown();
    }

    /** Whether the answer to a claim is lost that the ledger has made for whoever takes runs. */
    boolean losesTheClaim() {
        if (calm || failuresLeft <= 0 || random.nextDouble() >= lostAnswers) return false;
        failed("lost after a claim that was made");
        return true;
    }

    /** A ledger takes back a claim that was asked for and whose answer it could not give; all else is for the engine to find out. */
    private static boolean mayLoseItsAnswer(Gate.Call call) {
        return call.method().equals("commit") || call.method().equals("append");
    }

    private static Unavailable unavailable() {
        return Unavailable.notApplied("ledger_failed", "the disk is full", null);
    }

    private static Unavailable unknown() {
        return Unavailable.indeterminate("ledger_failed", "the answer was lost", null);
    }
}
