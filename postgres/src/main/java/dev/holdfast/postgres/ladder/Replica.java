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
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final String IN_RECOVERY = "SELECT pg_is_in_recovery()";

    private final ReplicaOptions options;
    private final PostgresPorts ports;
    private final Misses misses;
    private final ReplicaReaders readers;
    private final Reads reads;

    /**
     * @param pool its sessions, named after the node; they end with it
     * @param now the database's clock
     * @param descent looks at each session, and now and then again
     */
    public Replica(ReplicaOptions options, Pool pool, PostgresPorts ports, Supplier<Instant> now, Descent descent) {
        this.options = options;
        this.ports = ports;
        this.misses = new Misses(options.meter(), ports.clock());
        this.readers = new ReplicaReaders(pool, misses, ports.clock(), descent);
        this.reads = new SqlReads(readers, now);
    }

    /**
     * Looks whether it is a replica of this database. One that does not run at the moment is none that is wrong: the node
     * goes on without it, and it is looked at again before it answers anything.
     *
     * @throws Refused as {@link #demand}, but if it is not there
     */
    public static Connections connections(ReplicaOptions options, Connections primary, Origin origin)
            throws HoldfastException {
        Connections connections = Connections.unchecked(options.url());
        try {
            demand(connections, primary, origin);
        } catch (Refused trouble) {
            if (!Connections.mayPass(trouble)) throw trouble;
            LOG.warn(
                    "the replica does not answer, and what may come of it is refused until it does: {}",
                    trouble.getMessage());
        }
        return connections;
    }

    /**
     * Looks whether these lead to a replica of this database.
     *
     * @throws Refused {@code replica_is_primary}; {@code replica_foreign} if it follows another server, or is another database
     *     of it; what {@link Connections#to} says of a URL with which nothing can be reached
     */
    public static void demand(Connections connections, Connections primary, Origin origin) throws HoldfastException {
        try (Connection session = connections.open(Use.REPLICA)) {
            if (!inRecovery(session)) {
                throw new Refused(
                        "replica_is_primary",
                        "the replica " + connections.shown()
                                + " is no replica: it is not in recovery, so reads would load a server that is written. Name"
                                + " a hot standby of " + primary.shown() + ", or no replica");
            }
            if (!Origin.read(session).equals(origin)) {
                throw new Refused(
                        "replica_foreign",
                        "the replica " + connections.shown() + " follows another server than " + primary.shown()
                                + ", or is another database of it: name this database on a hot standby of that server, or no"
                                + " replica");
            }
        } catch (SQLException e) {
            throw connections.trouble(e);
        }
    }

    private static boolean inRecovery(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(IN_RECOVERY)) {
            row.next();
            return row.getBoolean(1);
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
