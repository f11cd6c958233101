package dev.holdfast.bench;

import java.io.IOException;
import java.sql.SQLException;

/** Something that can be measured. Each is done once in each round, so that a slow minute of the machine is fair to all. */
sealed interface Measure permits NoopRuns {
    /** As it is named on the command line. */
    String name();

    /** What it does, for people who wait. */
    String what();

    void round(Setting setting, Sheet sheet) throws IOException, SQLException, InterruptedException;
}
