package dev.holdfast.node;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.PgMember;
import dev.holdfast.postgres.membership.Listener;
import dev.holdfast.sdk.Codec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process in a cluster. It is a node with a number and an engine; if it is cut off, its engine is abandoned, and when the
 * code that it executed has left it goes on: under the same number if nobody has declared it dead, with a new number and a
 * new engine otherwise.
 */
final class ClusterNode implements Holdfast.Seat, Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final Duration LEFT_YET = Duration.ofMillis(20);
    /**
     * Who hears that it is dead, as one that was frozen or whose session was ended, is overdue so long after its code was told: others
     * have its runs by now, and it may have woken on a machine on which everything wakes.
     */
    private static final Duration TO_LEAVE = Duration.ofSeconds(2);
    /** Of a process that halts itself: the code that it executed would not leave. */
    private static final int HALTED = 70;

    private final PgCluster cluster;
    private final Streams streams;
    private final Assembly.Wiring wiring;
    private final ClusterOptions options;
    private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();
    private final Bell bell;
    private final RingMeters meters;
    private final Thread loop;
    private volatile @Nullable Incarnation now;
    /** What was retired and has not ended; only of the loop. */
    private @Nullable Incarnation ending;
    /** Whose code was told to go, and when; only of the loop. */
    private @Nullable Incarnation leaving;

    private long leftAt;

    private volatile boolean closing;

    /** What the loop is told. */
    private sealed interface Event {
        record Stop() implements Event {}

        record Resumed() implements Event {}

        record Dead(String why) implements Event {}
    }

    /** What all nodes of a cluster have in common. */
    record Common(PgCluster database, Streams streams) {}

    private ClusterNode(Common common, Assembly.Wiring wiring, ClusterOptions options) {
        this.cluster = common.database();
        this.streams = common.streams();
        this.wiring = wiring;
        this.options = options;
        this.bell = wiring.threads().bell();
        this.meters = new RingMeters(wiring.engine().meter(), () -> now);
        this.now = first();
        this.loop = wiring.threads().loop("holdfast-node", this::run);
    }

    static ClusterNode join(Common common, Assembly.Wiring wiring, ClusterOptions options) {
        return new ClusterNode(common, wiring, options);
    }

    /**
     * @throws Unavailable while it is no member: it joins again by itself
     */
    Incarnation now() {
        Incarnation present = now;
        if (present != null) return present;
        throw closing
                ? Unavailable.notApplied("closing", "this node is closed", null)
                : Unavailable.notApplied(
                        "rejoining",
                        "this node was cut off from its cluster and is joining again: nothing was changed; ask another"
                                + " node, or this one again",
                        null);
    }

    @Override
    public Engine engine() {
        return now().engine();
    }

    @Override
    public Ports ports() {
        return now().ports();
    }

    @Override
    public Ring ring() {
        return MemberRing.of(now().member().membership());
    }

    @Override
    public void demandStreams() {
        streams.demandThere();
    }

    @Override
    public KeyBook keys() {
        return new KeyBook(cluster.keys().all());
    }

    /** Of a process that is no node after all, nothing is measured. */
    private Incarnation first() {
        try {
            return first(join());
        } catch (RuntimeException | Error e) {
            meters.close();
            throw e;
        }
    }

    private PgMember join() {
        return cluster.join(options.label(), options.address(), this);
    }

    private Incarnation first(PgMember member) {
        try {
            return begin(member);
        } catch (HoldfastException e) {
            member.close();
            throw e;
        }
    }

    /** If the database fails meanwhile, the member still is one. */
    private Incarnation begin(PgMember member) {
        var ports = new Ports(
                member.ledger(),
                streams.of(member),
                cluster.hints(),
                wiring.threads(),
                wiring.clock(),
                wiring.ids(),
                Codec.json(),
                member.peers());
        try {
            return new Incarnation(member, ports, Engine.open(ports, wiring.engine(), wiring.hosted()));
        } catch (HoldfastException e) {
            ports.stream().close();
            throw e;
        } catch (RuntimeException | Error e) {
            ports.stream().close();
            member.close();
            throw e;
        }
    }

    private void run() {
        try {
            while (!closing) {
                Event event = events.poll();
                if (event != null) handleUntilDone(event);
                else bell.await(Duration.ofMinutes(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A node that is dead and does not join again would be no node at all. */
    private void handleUntilDone(Event event) throws InterruptedException {
        try {
            handle(event);
        } catch (RuntimeException | Error e) {
            events.add(event);
            throw e;
        }
    }

    private void handle(Event event) throws InterruptedException {
        Incarnation present = now;
        switch (event) {
            case Event.Stop stop -> {
                if (present != null) leave(present);
            }
            case Event.Resumed resumed -> {
                if (present == null && ending == null) return;
                retire();
                PgMember mine = ended();
                if (mine != null)
                    LOG.info(
                            "node {} goes on: what it had stopped is queued again",
                            mine.membership().node());
                again(mine);
            }
            case Event.Dead dead -> {
                retire();
                LOG.warn("this node is not a member any more ({}); it joins again", dead.why());
                PgMember mine = ended();
                if (mine != null) mine.close();
                again(null);
            }
        }
    }

    /** Nobody is served by it any more. */
    private void retire() {
        Incarnation present = now;
        if (present != null) ending = present;
        now = null;
    }

    /** Who it is when its code has left; null if it is nobody any more. If something fails here, it is done again. */
    private @Nullable PgMember ended() throws InterruptedException {
        Incarnation last = ending;
        if (last == null) return null;
        end(last);
        ending = null;
        if (last.member().membership().isMember()) return last.member();
        return gone(last.member());
    }

    /** Its code is told to go, and does not wait for a database that does not answer. */
    private void leave(Incarnation present) {
        leftAt = wiring.clock().nanos();
        leaving = present;
        present.engine().abandon();
        present.member().cut();
    }

    /** Nothing of it may run beside what takes its place. */
    private void end(Incarnation present) throws InterruptedException {
        if (!present.equals(leaving)) leave(present);
        long told = leftAt;
        boolean late = false;
        while (present.engine().executing() > 0 && !closing) {
            bell.await(LEFT_YET);
            if (wiring.clock().nanos() - told < TO_LEAVE.toNanos()) continue;
            told = wiring.clock().nanos();
            if (!late) overdue(present);
            late = true;
            giveBack(present);
        }
        present.engine().close();
        present.ports().stream().close();
        leaving = null;
    }

    /**
     * What has left does not wait for what has not: others take it, as long as this node is none that executes anything. A
     * dead one has nothing to give.
     */
    private static void giveBack(Incarnation present) {
        if (!present.member().membership().isMember()) return;
        present.member().restore();
        try {
            present.engine().giveBack();
        } catch (HoldfastException e) {
            LOG.warn("what has left cannot be queued again yet, trying again: {}", e.getMessage());
        } finally {
            present.member().cut();
        }
    }

    /**
     * Until it has an engine, or closes.
     *
     * @param member if it still is one
     */
    private void again(@Nullable PgMember member) throws InterruptedException {
        PgMember mine = member;
        while (!closing) {
            try {
                if (mine == null) mine = join();
                else mine.restore();
                now = begin(mine);
                return;
            } catch (HoldfastException e) {
                LOG.warn("this node cannot join yet, trying again: {}", e.getMessage());
                if (mine != null && !mine.membership().isMember()) mine = gone(mine);
                bell.await(AGAIN);
            } catch (RuntimeException | Error e) {
                LOG.error("this node failed when it joined, trying again as another one", e);
                if (mine != null) mine = gone(mine);
                bell.await(AGAIN);
            }
        }
        if (mine != null) mine.close();
    }

    /** What it was told as that member is not about the next one. */
    private @Nullable PgMember gone(PgMember mine) {
        mine.close();
        events.clear();
        return null;
    }

    @Override
    public void suspended() {
        LOG.warn("the database does not answer: nothing is accepted meanwhile");
    }

    @Override
    public void stop() {
        tell(new Event.Stop());
    }

    @Override
    public void overdue() {
        Incarnation present = now;
        if (present != null) overdue(present);
    }

    private void overdue(Incarnation present) {
        // Whoever was to tell them may be late, and what is told does not begin any more.
        present.engine().abandon();
        // So what is still beginning cannot do anything: nobody halts because NATS does not answer either.
        List<String> left = present.engine().inUserCode();
        if (left.isEmpty()) return;
        if (options.overdue() == ClusterOptions.Overdue.HALT) {
            try {
                LOG.error(
                        "{} runs did not leave when this node was cut off, and others may take them over: it halts; {}",
                        left.size(),
                        left);
            } finally {
                Runtime.getRuntime().halt(HALTED);
            }
        }
        LOG.error(
                "{} runs did not leave when this node was cut off; it joins again when they have; {}",
                left.size(),
                left);
    }

    @Override
    public void resumed(Pause pause) {
        switch (pause) {
            case SUSPENDED -> LOG.info("the database answers again");
            case STOPPED -> tell(new Event.Resumed());
        }
    }

    @Override
    public void dead(String why) {
        tell(new Event.Dead(why));
    }

    @Override
    public void found(Found dead) {
        meters.found(dead);
    }

    private void tell(Event event) {
        events.add(event);
        bell.ring();
    }

    /** Gives up what it can, then leaves; what did not leave is taken over by others at once. */
    @Override
    public void close() {
        if (closing) return;
        closing = true;
        bell.ring();
        try {
            wiring.threads().join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Incarnation present = now;
        now = null;
        if (present != null) {
            present.engine().close();
            present.ports().stream().close();
            present.member().leave();
        }
        meters.close();
        streams.close();
        cluster.close();
    }
}
