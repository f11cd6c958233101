package dev.holdfast.drills;

import dev.holdfast.drills.Diary.Entry;
import dev.holdfast.drills.Island.Cut;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A node is cut off from everything, in both directions and in one: it stops what it executes before anybody else begins with
 * it, code that does not leave ends with its process, and when the link is mended it comes back as a new node.
 */
final class Partition implements Fault {
    /** For some of the burst to come; a run lasts longer. */
    private static final Duration BURST = Duration.ofMillis(800);

    private static final int BURSTS = 5;
    private static final int SEVERAL = 4;

    private final Island island;
    private final String label;
    private final List<Cut> cuts;
    private final int burst;
    private final List<Round> rounds = new ArrayList<>();

    /**
     * @param label of the node on the island
     * @param cuts one after the other; at the last of them the node executes code that does not leave
     * @param burst runs that come just before a cut, so that the node executes some of what the others have no slots for
     */
    Partition(Island island, String label, List<Cut> cuts, int burst) {
        this.island = island;
        this.label = label;
        this.cuts = List.copyOf(cuts);
        this.burst = burst;
    }

    /**
     * A cut, from its begin to when the node was one again.
     *
     * @param before its number
     * @param after its number in the end
     * @param mended when the link was, in microseconds since 1970
     * @param back when it was a node again
     */
    private record Round(Strike strike, long before, long after, long mended, long back, boolean halted) {
        String told() {
            return "%s: %s; it was number %d and came back as number %d %.1f s after the link was mended"
                    .formatted(
                            strike.kind(),
                            halted
                                    ? "code stayed, and the process halted itself and was started again"
                                    : "the process lived on",
                            before,
                            after,
                            (back - mended) / 1e6);
        }
    }

    @Override
    public String name() {
        return "partition";
    }

    @Override
    public Database database(ClusterDrill.Plan plan, Consumer<String> progress) throws IOException {
        return island.database(progress, plan.folder());
    }

    @Override
    public List<String> happen(Scene scene) throws IOException, InterruptedException {
        Map<Node, Long> others = Ring.numbers(scene.fleet().inService());
        for (Cut cut : cuts.subList(0, cuts.size() - 1)) survive(scene, cut);
        halt(scene, cuts.getLast());
        Map<Node, Long> now = Ring.numbers(scene.fleet().inService());
        if (!others.equals(now)) {
            throw new IllegalStateException("the other nodes had the numbers " + others + " and have " + now);
        }
        return rounds.stream().map(Round::told).toList();
    }

    /** Its code leaves when it is told to, and the process becomes another node. */
    private void survive(Scene scene, Cut cut) throws InterruptedException {
        Node node = scene.fleet().newest(label);
        scene.load().burst(burst, Load.Manner.LEAVES);
        long before = number(scene);
        Strike strike = strike(scene, cut, node);
        if (!node.process().isAlive()) {
            throw new IllegalStateException(
                    "the node that was cut off ended, though its code leaves when it is told to");
        }
        long mended = mend(scene, cut, node);
        back(scene, strike, node, before, mended);
    }

    /** Some of its code does not leave, and the process halts itself; whatever starts it starts it again. */
    private void halt(Scene scene, Cut cut) throws InterruptedException {
        Node node = scene.fleet().newest(label);
        // Each burst goes to nodes that may have room for all of it: then the next one comes while they are at it.
        for (int i = 0; i < BURSTS && !stays(scene, node); i++) {
            scene.load().burst(burst, Load.Manner.STAYS);
            Wait.until(BURST, () -> stays(scene, node));
        }
        Wait.need("code that does not leave executes on node " + label, scene.patience(), () -> stays(scene, node));
        long before = number(scene);
        Strike strike = strike(scene, cut, node);
        if (node.process().isAlive()) {
            throw new IllegalStateException(
                    "the node that was cut off is alive with code that does not leave, and others execute what it had");
        }
        node.awaitHalted(Scene.PATIENCE);
        long mended = mend(scene, cut, node);
        Node next = scene.fleet().ready(scene.fleet().start(label), Fleet.STARTS);
        back(scene, strike, next, before, mended);
    }

    private static boolean stays(Scene scene, Node node) {
        Set<String> had = inFlight(scene, node);
        return scene.load().jobs().stream()
                .anyMatch(job -> job.order().manner() == Load.Manner.STAYS && had.contains(job.run()));
    }

    private static Set<String> inFlight(Scene scene, Node node) {
        return scene.diary().inFlight(node.pid(), Scene.now()).keySet();
    }

    /** Cuts it off until what it had goes on elsewhere. */
    private Strike strike(Scene scene, Cut cut, Node node) throws InterruptedException {
        Wait.until(BURST, () -> inFlight(scene, node).size() >= SEVERAL);
        Wait.need("node " + label + " executes something", scene.patience(), () -> scene.executes(node));
        Strike strike = scene.note(Strike.now(cut.kind(), node));
        island.cut(cut);
        scene.say(cut.kind() + ", to and from node " + label + ", pid " + node.pid());
        scene.awaitResumed(node);
        return strike;
    }

    private long mend(Scene scene, Cut cut, Node node) {
        island.mend(cut);
        Strike mended = scene.note(Strike.now(Strike.Kind.MENDED, node));
        scene.say("the link is mended, as what node " + label + " had goes on elsewhere");
        return mended.micros();
    }

    private void back(Scene scene, Strike strike, Node node, long before, long mended) throws InterruptedException {
        Wait.need("node " + label + " is a node again, with another number", scene.patience(), () -> {
            long now = number(scene);
            return now != 0 && now != before;
        });
        boolean halted = node.pid() != strike.victim().orElseThrow().pid();
        rounds.add(new Round(strike, before, number(scene), mended, Scene.now(), halted));
        scene.load().burst(burst, Load.Manner.LEAVES);
        scene.awaitActive(node, mended, "again");
    }

    /** As the others see it; 0 if they see none. */
    private long number(Scene scene) {
        return Ring.labelled(scene.anyNode(), label).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    @Override
    public List<Lapse> lapses(Evidence evidence) {
        var lapses = new ArrayList<Lapse>();
        for (Round round : rounds) {
            String kind = round.strike().kind().toString();
            long cut = round.strike().micros();
            var left = last(evidence, round.strike()).values().stream()
                    .map(entry -> Math.max(0, entry.micros() - cut))
                    .toList();
            lapses.add(new Lapse(kind, "its own code had left", Spread.of(left)));
            lapses.add(new Lapse(kind, "it was a node again", Spread.of(List.of(round.back() - cut))));
        }
        return lapses;
    }

    /** What was begun there is a sign of life for as long as it does not say that it left. */
    @Override
    public List<String> violations(Evidence evidence) {
        var violations = new ArrayList<String>();
        for (Round round : rounds) {
            if (round.halted()) continue;
            Strike strike = round.strike();
            evidence.diary()
                    .untold(strike.victim().orElseThrow().pid(), strike.micros())
                    .forEach((run, entry) -> violations.add(run + ": it was in epoch " + entry.epoch()
                            + " of the node that was cut off (" + strike.kind() + ") and does not tell when it left"));
        }
        return violations;
    }

    private static Map<String, Entry> last(Evidence evidence, Strike strike) {
        long pid = strike.victim().orElseThrow().pid();
        return evidence.diary().lastOf(pid, evidence.diary().inFlight(pid, strike.micros()));
    }
}
