package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import java.sql.SQLException;

/**
 * Whoever makes a node a holder first locks the node's row. The death of the node deletes that row: either the claim was
 * committed before, and is found by whoever sweeps; or it finds the row gone and gives nothing. Otherwise a claim that is
 * still on its way when its node dies would make a holder of somebody whom nobody watches any more.
 */
final class Alive {
    private static final String LOCK = "SELECT 1 FROM nodes WHERE number = ? AND incarnation = ? FOR KEY SHARE";

    private Alive() {}

    static boolean lock(Transaction tx, Holder node) throws SQLException {
        return tx.sql(LOCK).number(node.number()).number(node.incarnation()).any();
    }
}
