package dev.holdfast.postgres;

import dev.holdfast.engine.port.Threads;
import dev.holdfast.postgres.ladder.Pool;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Use;
import dev.holdfast.sql.Session;
import java.sql.Connection;
import java.sql.SQLException;

/** Sessions of the ledger. */
final class Writing {
    /**
     * Every statement finds its rows by an index. The tables grow from nothing to millions of rows faster than their
     * statistics follow, and a plan that was right for an empty table must not be kept: so the planner has no choice.
     */
    private static final String PLANS =
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

    /**
     * A batch that waits for longer is begun anew, so that it can do without whoever it waits for. Who cannot be done without
     * is waited for again.
     */
    private static final String PATIENCE = "; SET lock_timeout = '1s'";

    private Writing() {}

    /** Whose transactions begin with the first statement. */
    static Sessions sessions(Connections connections) {
        return () -> {
            Connection connection = planned(connections, Use.ORDINARY, PLANS + PATIENCE);
            connection.setAutoCommit(false);
            return new Session(connection, new PgDialect());
        };
    }

    /** Whose statements are transactions by themselves. */
    static Sessions reading(Connections connections) {
        return () -> new Session(planned(connections), new PgDialect());
    }

    /** The same on a replica. */
    static Pool replica(Connections connections, Threads threads) {
        var readers = new PgReaders(() -> new Session(planned(connections, Use.REPLICA), new PgDialect()), threads);
        return new Pool(readers, PgReaders.MOST, readers::close);
    }

    private static Connection planned(Connections connections) throws SQLException {
        return planned(connections, Use.ORDINARY);
    }

    private static Connection planned(Connections connections, Use use) throws SQLException {
        return planned(connections, use, PLANS);
    }

    private static Connection planned(Connections connections, Use use, String settings) throws SQLException {
        Connection connection = connections.open(use);
        try (var statement = connection.createStatement()) {
            statement.execute(settings);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
