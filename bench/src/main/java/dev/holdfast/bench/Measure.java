package dev.holdfast.bench;

import java.io.IOException;
import java.sql.SQLException;

/** Something that can be measured, in rounds: a slow minute of the machine is fair to all of them. */
sealed interface Measure permits NoopRuns, OneByOne, StepRuns, Fanouts, Sleeping, Discarding, Kills {
    /** As it is named on the command line. */
    String name();

    /** What it does, for people who wait. */
    String what();

    /** In how many of the rounds it is done: those that take long and vary little are done once. */
    enum How {
        IN_EACH_ROUND,
        ONCE
    }

    default How how() {
        return How.IN_EACH_ROUND;
    }

    void round(Setting setting, Sheet sheet) throws IOException, SQLException, InterruptedException;
}
