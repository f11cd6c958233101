package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.postgres.ladder.Descent;
import dev.holdfast.postgres.ladder.Origin;
import dev.holdfast.postgres.ladder.Replica;
import dev.holdfast.postgres.ladder.ReplicaOptions;
import dev.holdfast.postgres.membership.Listener;
import dev.holdfast.postgres.membership.Membership;
import dev.holdfast.postgres.membership.Newcomer;
import dev.holdfast.postgres.membership.NodeView;
import dev.holdfast.postgres.membership.StreamPlace;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.sql.LedgerClock;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database that nodes share, and this process's way into it. The process is one node after the other, should it be cut off
 * and come back; what waits for hints in it goes on waiting.
 *
 * <pre>{@code
 * try (var cluster = PgCluster.open(new PostgresOptions(url), ports)) {
 *     PgMember member = cluster.join("blue", "10.0.0.7:8080", listener);
 * }
 * }</pre>
 */
public final class PgCluster implements AutoCloseable {
    private final Connections connections;
    private final PostgresPorts ports;
    private final PgHints hints;
    private final KeyTable keys;
    private final @Nullable Standby standby;
    private volatile Courier courier = Courier.NONE;
    private volatile StreamPlace streams = StreamPlace.TABLES;

    /** A replica, where it is, and of what. */
    private record Standby(ReplicaOptions options, Connections connections, Origin origin) {
        static Standby of(ReplicaOptions options, Connections primary) {
            var origin = Origin.of(primary);
            return new Standby(options, Replica.connections(options, primary, origin), origin);
        }

        Replica of(Holder node, PostgresPorts ports, Supplier<Instant> now) {
            var pool = Writing.replica(connections.named(node.number()), ports.threads());
            return new Replica(options, pool, ports, now, new Descent(origin, node));
        }
    }

    private PgCluster(Connections connections, PostgresPorts ports, @Nullable Standby standby) {
        this.connections = connections;
        this.ports = ports;
        this.standby = standby;
        this.hints = new PgHints(ports.threads(), ports.clock());
        this.keys = new KeyTable(connections, ports.threads());
    }

    /**
     * Looks whether the database can be used, and brings its tables up to what this program knows.
     *
     * @throws Refused what {@link Connections#to} says; {@code replica_is_primary}, {@code replica_foreign} if the replica is
     *     none; {@code schema_too_new}; {@code schema_incompatible}; {@code migration_failed}
     * @throws Unavailable if the database fails meanwhile
     */
    public static PgCluster open(PostgresOptions options, PostgresPorts ports) throws HoldfastException {
        return open(options, ports, Schema.CURRENT::bringUp);
    }

    /**
     * Looks whether the database can be used, and that its tables are there. Makes nothing.
     *
     * @throws Refused as {@link #open}; {@code schema_missing}; {@code schema_too_old}
     * @throws Unavailable if the database fails meanwhile
     */
    public static PgCluster present(PostgresOptions options, PostgresPorts ports) throws HoldfastException {
        return open(options, ports, Schema.CURRENT::demand);
    }

    /**
     * Looks whether the database can be used, and makes its tables if there are none. Brings none up.
     *
     * @throws Refused as {@link #open}; {@code schema_too_old}
     * @throws Unavailable if the database fails meanwhile
     */
    public static PgCluster made(PostgresOptions options, PostgresPorts ports) throws HoldfastException {
        return open(options, ports, Schema.CURRENT::make);
    }

    /** What is done about the tables. */
    private interface Tables {
        void of(Connections connections) throws SQLException;
    }

    private static PgCluster open(PostgresOptions options, PostgresPorts ports, Tables tables) {
        var connections = Connections.to(options.url());
        ReplicaOptions replica = options.replica();
        Standby standby = replica == null ? null : Standby.of(replica, connections);
        try {
            tables.of(connections);
        } catch (SQLException e) {
            throw connections.trouble(e);
        }
        return new PgCluster(connections, ports, standby);
    }

    /** Those of this process, whoever it is at the moment, and of the other nodes. */
    public Hints hints() {
        return hints;
    }

    /**
     * Which database this is, for what belongs to it and lies elsewhere: no other one has this name, a copy on another server
     * neither.
     *
     * @throws Refused what {@link Connections#to} says
     */
    public String origin() throws HoldfastException {
        return Origin.of(connections).text();
    }

    /** From now on hints go this way, as long as it carries them. What comes by it is to be told by {@link #heard}. */
    public void courier(Courier by) {
        courier = by;
    }

    /**
     * From now on whoever joins says that streams are on NATS.
     *
     * @param identity which no other place has
     */
    public void streamsOnNats(String identity) {
        streams = StreamPlace.onNats(identity);
    }

    /** Another node has said this to the one that this process is. */
    public void heard(String word) {
        hints.heard(word);
    }

    /** Some of what other nodes said may not have come: whoever waits looks. */
    public void missed() {
        hints.missed();
    }

    /** Who may ask the nodes. */
    public KeyTable keys() {
        return keys;
    }

    /**
     * Becomes a node.
     *
     * @param label its name, for people
     * @param address where it is reached; may be empty
     * @param listener is told what becomes of it
     * @throws Refused what {@link Membership#join} says
     */
    public PgMember join(String label, String address, Listener listener) throws HoldfastException {
        var ear = new Ear(listener);
        int version = Schema.CURRENT.version();
        var newcomer = new Newcomer(label, address, Schema.OLDEST, version).streams(streams);
        var membership = Membership.join(connections, ports, newcomer, ear);
        try {
            var own = connections.named(membership.node().number());
            var outside = new PgStore.Outside(
                            Writing.sessions(own), Writing.reading(own), ports.threads(), ports.clock(), ports.ids())
                    .lending(own);
            var clock = new LedgerClock(new DatabaseClock(own, ports.clock()), 0);
            if (standby != null) {
                outside = outside.with(standby.of(membership.node(), ports, clock::now));
            }
            var store = PgStore.open(outside, membership.node(), clock::now);
            var peers = store.peers(membership);
            ear.peers.set(peers);
            hints.speakBy(new Mouth(membership, () -> courier));
            return new PgMember(membership, store, peers);
        } catch (SQLException e) {
            membership.close();
            throw connections.trouble(e);
        } catch (RuntimeException | Error e) {
            membership.close();
            throw e;
        }
    }

    private record Mouth(Membership membership, Supplier<Courier> courier) implements Speaker {
        @Override
        public long number() {
            return membership.node().number();
        }

        @Override
        public boolean isAlone() {
            long own = number();
            for (NodeView each : membership.nodes()) if (each.node().number() != own) return false;
            return true;
        }

        @Override
        public List<Long> others() {
            long own = number();
            return membership.nodes().stream()
                    .map(n -> n.node().number())
                    .filter(n -> n != own)
                    .toList();
        }

        @Override
        public void say(long node, String payload) {
            if (!courier.get().carry(node, payload)) membership.send(node, payload);
        }
    }

    /** Hears for the hints and the peers, and passes on what is about the node. */
    private final class Ear implements Listener {
        private final Listener outer;
        private final AtomicReference<@Nullable PgPeers> peers = new AtomicReference<>();

        Ear(Listener outer) {
            this.outer = outer;
        }

        @Override
        public void suspended() {
            outer.suspended();
        }

        @Override
        public void stop() {
            outer.stop();
        }

        @Override
        public void overdue() {
            outer.overdue();
        }

        @Override
        public void resumed(Pause pause) {
            hints.missed();
            outer.resumed(pause);
        }

        @Override
        public void dead(String why) {
            hints.speakBy(Speaker.NOBODY);
            outer.dead(why);
        }

        @Override
        public void found(Found dead) {
            hints.gone(dead.number());
            died(Peers.Witness.THIS_NODE);
            outer.found(dead);
        }

        @Override
        public void died(long number) {
            hints.gone(number);
            died(Peers.Witness.ANOTHER);
            outer.died(number);
        }

        private void died(Peers.Witness witness) {
            PgPeers known = peers.get();
            if (known != null) known.died(witness);
        }

        @Override
        public void joined(long number) {
            hints.joined(number);
            outer.joined(number);
        }

        @Override
        public void heard(String payload) {
            hints.heard(payload);
            outer.heard(payload);
        }

        @Override
        public void missed() {
            hints.missed();
            died(Peers.Witness.ANOTHER);
            outer.missed();
        }
    }

    @Override
    public void close() {
        hints.close();
        keys.close();
    }
}
