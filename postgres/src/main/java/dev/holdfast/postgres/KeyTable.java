package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.Use;
import dev.holdfast.sql.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The API keys of a cluster. Each statement is a transaction by itself; a change is seen by all nodes when it is done. */
public final class KeyTable implements AutoCloseable {
    private static final String ALL = "SELECT " + KeyRow.COLUMNS + " FROM api_keys ORDER BY created, id";
    private static final String INSERT =
            "INSERT INTO api_keys (" + KeyRow.COLUMNS + ") VALUES (?, ?, ?, ?, ?, CAST(? AS bigint))";
    /** Locks the row of the key. */
    private static final String REVOKE = "UPDATE api_keys SET revoked = coalesce(revoked, ?) WHERE id = ?";

    private final Sessions sessions;
    private final PgReaders readers;

    private static final String IS_THERE =
            "SELECT FROM pg_tables WHERE schemaname = '" + Connections.SCHEMA + "' AND tablename = 'api_keys'";

    /**
     * All of the cluster on a database, whatever version its tables have; none if there are none. Makes and changes nothing, for
     * whoever is not a node yet.
     *
     * @throws Refused what {@link Connections#to} says
     * @throws Unavailable if it fails meanwhile
     */
    public static List<KeyRow> look(String url) {
        var connections = Connections.to(url);
        try (var session = new Session(connections.open(), new PgDialect())) {
            boolean there = session.sql(IS_THERE).any();
            return there ? session.sql(ALL).list(KeyRow::of) : List.of();
        } catch (SQLException e) {
            throw connections.trouble(e);
        }
    }

    /** Whoever asks waits, and nothing is lost: a session that does not answer for seconds is given up, as one of a replica. */
    KeyTable(Connections connections, Threads threads) {
        this.sessions = () -> new Session(connections.open(Use.REPLICA), new PgDialect());
        this.readers = new PgReaders(sessions, threads);
    }

    /**
     * All that were ever made, the oldest first.
     *
     * @throws Unavailable if the database does not answer
     */
    public List<KeyRow> all() {
        return readers.ask(session -> session.sql(ALL).list(KeyRow::of));
    }

    /** @throws Unavailable if the database does not answer: it may be there nevertheless, and nobody knows its secret */
    public void insert(KeyRow key) {
        try (Session session = sessions.open()) {
            session.sql(INSERT)
                    .text(key.id())
                    .text(key.name())
                    .text(key.scope())
                    .text(key.hash())
                    .instant(key.created())
                    .instant(key.revoked())
                    .update();
        } catch (SQLException e) {
            throw Trouble.unavailable(e);
        }
    }

    /**
     * Once is enough: a repetition changes nothing.
     *
     * @return false if there is no such key
     * @throws Unavailable if the database does not answer: it may be done nevertheless
     */
    public boolean revoke(String id, Instant now) {
        try (Session session = sessions.open()) {
            return session.sql(REVOKE).instant(now).text(id).update() == 1;
        } catch (SQLException e) {
            throw Trouble.unavailable(e);
        }
    }

    @Override
    public void close() {
        readers.close();
    }
}
