package dev.holdfast.postgres;

import dev.holdfast.sql.Session;
import java.sql.SQLException;

/** Makes sessions of this node. Their transactions are READ COMMITTED, and begin with the first statement. */
@FunctionalInterface
interface Sessions {
    Session open() throws SQLException;
}
