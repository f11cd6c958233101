package dev.holdfast.sql;

import dev.holdfast.core.Defaults;

/**
 * Which runs that can be claimed are suspects, because their holders keep dying: as conditions of statements. They are those
 * of the indexes in which suspects stand, which say it in a migration of each store.
 */
public final class Suspected {
    /** So many losses the indexes say. */
    private static final int LOSSES = 3;

    /** Those that nothing has parked. */
    public static final String UNPARKED = claimable("NULL");

    /** Those that other code has parked. */
    public static final String PARKED = claimable("NOT NULL");

    /** Whether or not they can be claimed. */
    public static final String ANY = "losses >= " + LOSSES;

    static {
        if (Defaults.SUSPECT_AFTER_LOSSES != LOSSES) throw new AssertionError("a migration of the indexes is due");
    }

    private Suspected() {}

    private static String claimable(String parked) {
        return "claim_at IS NOT NULL AND parked_version IS " + parked + " AND losses >= " + LOSSES;
    }
}
