package dev.holdfast.drills;

import dev.holdfast.localpg.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a drill, and what stands before them: each request goes to the next one that is in service. It is put out of
 * service by whoever breaks it, as by a balancer that looks after it.
 */
final class Fleet implements Supplier<Api>, AutoCloseable {
    /** How long the start of a node may take, on a machine that does other things too. */
    static final Duration STARTS = Duration.ofSeconds(90);
    /** A node that was frozen gives its code two seconds; it was not seen to wake in the moment in which it did. */
    private static final Duration TO_LEAVE = Duration.ofMillis(1_800);

    private final Program program;
    private final Database database;
    private final Pass pass;
    private final Path folder;
    private final List<Node> all = new CopyOnWriteArrayList<>();
    private final List<Node> inService = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final Thread last = new Thread(this::end, "drill-end");

    /** @param pass of whoever asks its nodes */
    Fleet(Program program, Database database, Pass pass, Path folder) {
        this.program = program;
        this.database = database;
        this.pass = pass;
        this.folder = folder;
        // A drill that is broken off leaves no process behind.
        Runtime.getRuntime().addShutdownHook(last);
    }

    /** Starts a node; it is in service when it is ready. */
    Node start(String label) {
        int port = Ports.free();
        var setup = program.node(database, label, port, folder.resolve("node-" + label + ".log"));
        var node = new Node(
                label, ServerProcess.start(setup), new Api(URI.create("http://127.0.0.1:" + port), pass.key()));
        all.add(node);
        return node;
    }

    /**
     * Waits until it serves, and puts it into service, if clients reach it.
     *
     * @throws IllegalStateException if it does not serve in time
     */
    Node ready(Node node, Duration patience) throws InterruptedException {
        node.process().awaitReady(patience);
        if (program.isReached(node.label())) inService.add(node);
        return node;
    }

    void outOfService(Node node) {
        inService.remove(node);
    }

    /**
     * Waits until a node that was frozen is a new one, and puts it into service. As whatever supervises a server does: one that has
     * halted itself, as its code has not left in the time that it has for that on a machine that is busy, is started again.
     *
     * @param before its number
     * @param woken when it went on
     * @return it, or its successor
     * @throws IllegalStateException if it does not come back in time, or has ended in any other way, or too soon
     */
    Node back(Node node, long before, Instant woken, Duration patience) throws InterruptedException {
        Wait.need(
                "node " + node.label() + ", which was number " + before + ", is a new one",
                patience,
                () -> !node.process().isAlive()
                        || Ring.number(node).filter(now -> now != before).isPresent());
        if (!node.process().isAlive()) {
            node.awaitHalted(patience);
            var took = Duration.between(woken, node.process().endedAt());
            if (took.compareTo(TO_LEAVE) < 0) {
                throw new IllegalStateException("node " + node.label() + " halted itself " + took.toMillis()
                        + " ms after it went on: its code had no time to leave");
            }
            return ready(start(node.label()), STARTS);
        }
        inService.add(node);
        return node;
    }

    /** Those that are asked, in the order in which they came. */
    List<Node> inService() {
        return List.copyOf(inService);
    }

    /** The one that has this label now. */
    Node newest(String label) {
        return all.stream().filter(node -> node.label().equals(label)).toList().getLast();
    }

    /** All that there ever were. */
    List<Node> all() {
        return List.copyOf(all);
    }

    @Override
    public Api get() {
        return two().getFirst().api();
    }

    /** Two that are in service, in turn; twice the same one if it is the only one, or none is. */
    List<Node> two() {
        var now = inService();
        // Somebody who does not answer any more: whoever asks asks again.
        if (now.isEmpty()) return List.of(all.getLast(), all.getLast());
        int first = turn.getAndIncrement();
        return List.of(now.get(Math.floorMod(first, now.size())), now.get(Math.floorMod(first + 1, now.size())));
    }

    /** This one first, and then whoever is in service. */
    From from(Node first) {
        return new From(this, first);
    }

    /** As the fleet, but whose first one is chosen. */
    static final class From implements Supplier<Api> {
        private final Fleet fleet;
        private @Nullable Node first;

        private From(Fleet fleet, Node first) {
            this.fleet = fleet;
            this.first = first;
        }

        @Override
        public Api get() {
            Node chosen = first;
            first = null;
            return chosen == null ? fleet.get() : chosen.api();
        }
    }

    private void end() {
        all.forEach(node -> node.process().close());
    }

    @Override
    public void close() {
        end();
        Runtime.getRuntime().removeShutdownHook(last);
    }

    /** The labels of as many nodes: a, b, c and so on. */
    static List<String> labels(int nodes) {
        var labels = new ArrayList<String>();
        for (int i = 0; i < nodes; i++) labels.add(Character.toString('a' + i));
        return labels;
    }
}
