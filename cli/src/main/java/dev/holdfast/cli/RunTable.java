package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Runs as rows of a table. */
final class RunTable {
    private RunTable() {}

    static void print(List<Json> runs, Client client) {
        Instant now = Instant.now();
        client.print(row("RUN", "TASK", "STATUS", "ATTEMPT", "EPOCH", "AGE"));
        for (Json run : runs) {
            client.print(row(
                    run.at("id").text(),
                    run.at("task").text(),
                    run.at("status").text(),
                    run.at("attempt").text(),
                    run.at("epoch").text(),
                    Times.age(Duration.between(Instant.parse(run.at("createdAt").text()), now))));
        }
    }

    private static String row(String... cells) {
        return "%-30s  %-16s  %-14s  %7s  %5s  %6s".formatted((Object[]) cells);
    }
}
