package dev.holdfast.bench;

import java.util.List;

/**
 * Somebody who does the same work, in a process of its own.
 *
 * @param name for people
 * @param module its folder below {@code peers}
 * @param main the class of its program
 */
record Contender(String name, String module, String main) {
    /** In the order of the columns. */
    static final List<Contender> ALL = List.of(
            new Contender("Holdfast", "holdfast", "dev.holdfast.peers.holdfast.Main"),
            new Contender("DBOS Transact", "dbos", "dev.holdfast.peers.dbos.Main"),
            new Contender("db-scheduler", "db-scheduler", "dev.holdfast.peers.dbscheduler.Main"),
            new Contender("JobRunr", "jobrunr", "dev.holdfast.peers.jobrunr.Main"));
}
