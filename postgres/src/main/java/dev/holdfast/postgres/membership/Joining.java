package dev.holdfast.postgres.membership;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Refused;
import dev.holdfast.postgres.session.Connections;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** How a node gets its number: the lock first, visible second. */
final class Joining {
    private static final int TRIES = 1_000;

    private static final String CLASS = "SELECT lock_class FROM cluster";
    private static final String NUMBER = "SELECT nextval('node_numbers')";
    private static final String NAME = "SELECT set_config('application_name', ?, false)";
    private static final String TAKE = "SELECT pg_try_advisory_lock(?, ?)";
    private static final String APPEAR = "INSERT INTO nodes (number, incarnation, label, address, schema_from,"
            + " schema_to, joined, " + ServerLife.COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, ?, ?, ?, ?)";
    private static final String DISAPPEAR = "DELETE FROM nodes WHERE number = ?";

    private final Link hold;
    private final int lockClass;

    Joining(Link hold) throws SQLException {
        this.hold = hold;
        this.lockClass = Math.toIntExact(hold.number(CLASS));
    }

    /**
     * A number whose lock is this session's now. The session bears its name before: there is no moment in which a node lives
     * whose sessions cannot be found.
     */
    Seat take(long incarnation, StreamPlace streams) throws SQLException {
        for (int i = 0; i < TRIES; i++) {
            int number = Math.toIntExact(hold.number(NUMBER));
            try (PreparedStatement name = hold.statement(NAME, Connections.nameOf(number))) {
                name.execute();
            }
            // Taken by somebody who has nothing to do with us, or by a restored copy of us: the next one, then.
            if (hold.number(TAKE, lockClass, number) == 1) {
                return new Seat(lockClass, new Holder(Holder.Kind.NODE, number, incarnation), streams);
            }
        }
        throw new Refused(
                "node_number",
                "the locks of " + TRIES
                        + " numbers in a row are taken in this database, by something that is no node: look"
                        + " for advisory locks of class " + lockClass + " in pg_locks");
    }

    /** From here on others watch it. */
    void appear(Seat seat, Newcomer who) throws SQLException {
        Places.say(hold, seat);
        ServerLife life = hold.life();
        hold.update(
                APPEAR,
                seat.number(),
                seat.incarnation(),
                who.label(),
                who.address(),
                who.schemaFrom(),
                who.schemaTo(),
                life.system(),
                life.timeline(),
                life.started(),
                life.counted());
        try {
            new Strangers(who.schemaFrom(), who.schemaTo()).refuse(hold.connection(), seat.number());
            Places.refuse(hold, seat);
        } catch (Refused e) {
            hold.update(DISAPPEAR, seat.number());
            throw e;
        }
    }
}
