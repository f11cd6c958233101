package dev.holdfast.postgres.ladder;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.ReplicaReads;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.postgres.session.Use;
import dev.holdfast.sql.SqlReads;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica as one incarnation of a node reads it. */
public final class Replica implements AutoCloseable {
    static final String IN_RECOVERY = "SELECT pg_is_in_recovery()";

    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final String SYSTEM = "SELECT pg_is_in_recovery(), system_identifier FROM pg_control_system()";

    private final ReplicaOptions options;
    private final PostgresPorts ports;
    private final Misses misses;
    private final ReplicaReaders readers;
    private final Reads reads;

    /**
     * @param pool its sessions, named after the node; they end with it
     * @param now the database's clock
     */
    public Replica(ReplicaOptions options, Pool pool, PostgresPorts ports, Supplier<Instant> now) {
        this.options = options;
        this.ports = ports;
        this.misses = new Misses(options.meter(), ports.clock());
        this.readers = new ReplicaReaders(pool, misses, ports.clock());
        this.reads = new SqlReads(readers, now);
    }

    /**
     * Looks whether it is a replica of this database. One that does not run at the moment is none that is wrong: the node
     * goes on without it, and it is looked at again before it answers anything.
     *
     * @throws Refused {@code replica_is_primary}; {@code replica_foreign} if it follows another server; what
     *     {@link Connections#to} says of a URL with which nothing can be reached
     */
    public static Connections connections(ReplicaOptions options, Connections primary) throws HoldfastException {
        Connections connections = Connections.unchecked(options.url());
        try (Connection session = connections.open(Use.REPLICA);
                Connection original = primary.open()) {
            Seen seen = Seen.of(session);
            if (!seen.inRecovery()) {
                throw new Refused(
                        "replica_is_primary",
                        "the replica " + connections.shown()
                                + " is no replica: it is not in recovery, so reads would load a server that is written. Name"
                                + " a hot standby of " + primary.shown() + ", or no replica");
            }
            if (seen.system() != Seen.of(original).system()) {
                throw new Refused(
                        "replica_foreign",
                        "the replica " + connections.shown() + " follows another server than " + primary.shown()
                                + ": name a hot standby of that one, or no replica");
            }
        } catch (SQLException e) {
            HoldfastException trouble = connections.trouble(e);
            if (!trouble.code().equals("database_unreachable")) throw trouble;
            LOG.warn(
                    "the replica does not answer, and what may come of it is refused until it does: {}",
                    trouble.getMessage());
        }
        return connections;
    }

    private record Seen(boolean inRecovery, long system) {
        static Seen of(Connection session) throws SQLException {
            try (var statement = session.createStatement();
                    ResultSet row = statement.executeQuery(SYSTEM)) {
                row.next();
                return new Seen(row.getBoolean(1), row.getLong(2));
            }
        }
    }

    /** Reads of what may be behind, which ask the primary for what has not come here yet. */
    public ReplicaReads before(Reads primary) {
        return new Ladder(this, primary);
    }

    ReplicaOptions options() {
        return options;
    }

    PostgresPorts ports() {
        return ports;
    }

    Misses misses() {
        return misses;
    }

    Reads reads() {
        return reads;
    }

    @Override
    public void close() {
        readers.close();
    }
}
