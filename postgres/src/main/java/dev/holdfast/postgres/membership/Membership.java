package dev.holdfast.postgres.membership;

import dev.holdfast.core.Holder;
import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.postgres.membership.Takeover.How;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.postgres.session.Use;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One node's membership of the cluster, from its number to its end. A node is alive as long as the session that holds its lock
 * is: the database ends that when the process is gone, and the others are told at once.
 *
 * <pre>{@code
 * var membership = Membership.join(connections, ports, new Newcomer("blue", "10.0.0.7:8080", 1, 2), listener);
 * Holder node = membership.node();      // what it claims is held by this
 * Connections own = connections.named(node.number());   // all sessions of the node are made by this
 * }</pre>
 *
 * <p>Four sessions, each driven by a thread of its own: one holds the lock, one watches the others, one listens, one speaks (a
 * session on which somebody listens cannot send).
 */
public final class Membership implements AutoCloseable {
    private static final Duration TURN = Duration.ofSeconds(1);
    /** A takeover waits for rows and for sessions that end. */
    private static final Duration WATCH_TURN = Duration.ofSeconds(7);

    private static final String FENCE = "holdfast-fence";
    private static final String HOLD = "holdfast-hold";

    private static final String TAKEOVERS = "SELECT number, incarnation, label, by_number, at, how, heard, took"
            + " FROM takeovers ORDER BY id DESC LIMIT ?";

    private final Seat seat;
    private final Body body;
    private final Map<Use, Wire> wires;
    private final Pulses pulses;
    private final Others others;
    private final SpeakLoop speak;
    private final HoldLoop hold;
    private final WatchLoop watch;
    private final ListenLoop listen;
    private final List<Thread> loops = new ArrayList<>();

    private Membership(Seat seat, Body body, Map<Use, Wire> wires) throws SQLException {
        this.seat = seat;
        this.body = body;
        this.wires = wires;
        this.pulses = new Pulses(body.ports().clock());
        this.speak = new SpeakLoop(body, wire(Use.SPEAK));
        this.others = new Others(seat, body, speak);
        this.hold = new HoldLoop(seat, wire(Use.HOLD), pulses, body);
        this.watch = new WatchLoop(seat, body, wire(Use.WATCH), pulses.pulse("watch", WATCH_TURN), others);
        this.listen = new ListenLoop(seat, body, wire(Use.LISTEN), hold, watch);
    }

    /**
     * Joins. The tables must be there.
     *
     * @throws Refused what {@link Connections#to} says about sessions that cannot be had; {@code schema_incompatible} if a node
     *     is there that this program cannot work with; {@code streams_elsewhere} if one has its streams in another place; {@code
     *     node_number} if no number is free
     */
    public static Membership join(Connections connections, PostgresPorts ports, Newcomer who, Listener listener)
            throws HoldfastException {
        return join(new Table(connections, ports, Times.USUAL), who, listener);
    }

    /** Where a node joins, and how long everything takes there. */
    record Table(Connections connections, PostgresPorts ports, Times times) {}

    static Membership join(Table table, Newcomer who, Listener listener) {
        var wires = new EnumMap<Use, Wire>(Use.class);
        try {
            var first = new Wire(table.connections(), Use.HOLD);
            wires.put(Use.HOLD, first);
            var joining = new Joining(first.link());
            Seat seat = joining.take(table.ports().ids().next().getLeastSignificantBits(), who.streams());
            var named = table.connections().named(seat.number());
            first.then(named);
            for (Use use : new Use[] {Use.WATCH, Use.LISTEN, Use.SPEAK}) {
                var wire = new Wire(named, use);
                wires.put(use, wire);
                wire.link();
            }
            var told = new Told(listener);
            var fence = new Fence(table.ports(), table.times(), told);
            var membership = new Membership(seat, new Body(named, table.ports(), table.times(), told, fence), wires);
            membership.listen.begin();
            joining.appear(seat, who);
            membership.begin();
            return membership;
        } catch (SQLException e) {
            wires.values().forEach(Wire::cut);
            throw table.connections().trouble(e);
        } catch (RuntimeException | Error e) {
            wires.values().forEach(Wire::cut);
            throw e;
        }
    }

    private void begin() throws SQLException {
        others.look(wire(Use.WATCH).link());
        others.tell(new Word.Joined(seat.number()));
        loops.add(body.ports().threads().loop(FENCE, this::fence));
        loop(HOLD, hold::run);
        loop("holdfast-watch", watch::run);
        loop("holdfast-listen", listen::run);
        loop("holdfast-speak", speak::run);
    }

    /** Those whose node ends are told before the lock is let go. */
    private void fence() {
        try {
            body.fence().run();
        } finally {
            letGo();
        }
    }

    /** When one ends, all end. */
    private void loop(String name, Runnable loop) {
        loops.add(body.ports().threads().loop(name, () -> {
            try {
                loop.run();
            } finally {
                body.fence().dead("its thread " + name + " has ended, which is a bug");
            }
        }));
    }

    private void letGo() {
        wires.values().forEach(Wire::cut);
        hold.look();
        watch.look();
        speak.look();
    }

    private Wire wire(Use use) {
        Wire wire = wires.get(use);
        if (wire == null) throw new IllegalStateException("there is no session to " + use);
        return wire;
    }

    /** Who this node is, for as long as it is alive. */
    public Holder node() {
        return seat.node();
    }

    /** How many nodes there were at the last look, this one among them: at least one. */
    public int alive() {
        return Math.max(1, others.seen().size());
    }

    /** Whether this node gave no sign of life for so long that it does not serve any more, if it sees that itself. */
    public boolean isSilent(long number) {
        Duration limit = body.times().suspend();
        return others.seen().stream()
                .anyMatch(
                        view -> view.node().number() == number && view.silent().compareTo(limit) >= 0);
    }

    /** The nodes at the last look, by number: at most a few seconds old. */
    public List<NodeView> nodes() {
        return others.seen();
    }

    /**
     * The newest takeovers, the last one first.
     *
     * @throws Unavailable if the database does not answer
     */
    public List<Takeover> takeovers(int limit) {
        try (Connection session = body.connections().open();
                PreparedStatement statement = session.prepareStatement(TAKEOVERS)) {
            statement.setInt(1, limit);
            var found = new ArrayList<Takeover>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) found.add(takeover(row));
            }
            return found;
        } catch (SQLException e) {
            throw Unavailable.notApplied(
                    "database_failed", "takeovers could not be read: the database says: " + e.getMessage(), e);
        }
    }

    /**
     * What the nodes carry, by their numbers.
     *
     * @throws Unavailable if the database does not answer
     */
    public Map<Long, NodeLoad> loads() {
        try (Connection session = body.connections().open()) {
            return NodeLoad.read(session);
        } catch (SQLException e) {
            throw Unavailable.notApplied(
                    "database_failed", "what nodes hold could not be read: the database says: " + e.getMessage(), e);
        }
    }

    private static Takeover takeover(ResultSet row) throws SQLException {
        long heard = row.getLong(7);
        return new Takeover(
                new Holder(Holder.Kind.NODE, row.getLong(1), row.getLong(2)),
                row.getString(3),
                row.getLong(4),
                Instant.ofEpochMilli(row.getLong(5)),
                How.valueOf(row.getString(6)),
                heard == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(heard)),
                Duration.of(row.getLong(8), ChronoUnit.MICROS));
    }

    /**
     * Whether the node may accept something, and answer from its memory: right at any moment, also just after the process was
     * stopped for a while.
     */
    public boolean serving() {
        return body.fence().serving();
    }

    /** The channel on which that node listens: what is notified there in a transaction is heard when that is committed. */
    public static String channel(long number) {
        return SpeakLoop.channel(number);
    }

    /** What is notified there, so that its listener hears this. */
    public static String notice(String payload) {
        return new Word.Said(payload).text();
    }

    /** Whether nobody has found it dead, as far as it knows: it is who it was, also while it may not accept anything. */
    public boolean isMember() {
        return body.isAlive();
    }

    /**
     * Says something to another node's listener, soon. May be lost; the same thing said twice at once is heard once.
     *
     * @param payload one line, of at most some hundred bytes
     */
    public void send(long toNode, String payload) {
        if (payload.indexOf('\n') >= 0 || payload.indexOf('\r') >= 0 || payload.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("what is sent to a node is one line: " + payload);
        }
        speak.say(toNode, new Word.Said(payload));
    }

    /** The sign of life of one more loop, which turns at least once a second when it is not idle. */
    Pulse pulse(String loop) {
        return pulses.pulse(loop, TURN);
    }

    /**
     * Leaves: its row goes, then its lock. The caller has given up everything that the node held; whatever is left is found by the
     * others at once.
     */
    public void leave() {
        hold.leave();
        loops.stream().filter(loop -> loop.getName().equals(HOLD)).forEach(this::join);
        close();
    }

    /** Ends all sessions without a word, as if the process had died. The listener hears nothing more. */
    @Override
    public void close() {
        body.fence().close();
        letGo();
        loops.forEach(this::join);
    }

    /** Unless that is who calls. */
    private void join(Thread loop) {
        if (loop.equals(Thread.currentThread())) return;
        try {
            body.ports().threads().join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
