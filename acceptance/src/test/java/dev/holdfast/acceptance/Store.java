package dev.holdfast.acceptance;

import java.util.Locale;

/** Where the servers of a test keep their runs: what a test demands of both is said once. */
enum Store {
    /** {@code holdfast dev}: one file of one process. */
    SQLITE,
    /** {@code holdfast server}: a database in which whoever comes after a kill is another node. */
    POSTGRES;

    /** That of tests that do not say it: {@code -Dholdfast.store=postgres}, or SQLite. */
    static Store usual() {
        return valueOf(System.getProperty("holdfast.store", SQLITE.name()).toUpperCase(Locale.ROOT));
    }
}
