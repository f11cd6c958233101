package dev.holdfast.cli;

import java.util.List;

/** Schedules as rows of a table. */
final class ScheduleTable {
    private ScheduleTable() {}

    static void print(List<Json> schedules, Client client) {
        if (schedules.isEmpty()) {
            client.print("no schedules");
            return;
        }
        client.print(row("SCHEDULE", "TASK", "CRON", "ZONE", "MISSED", "NEXT", "LAST RUN"));
        for (Json schedule : schedules) {
            client.print(row(
                    schedule.at("name").text(),
                    schedule.at("task").text(),
                    schedule.at("cron").text(),
                    schedule.at("zone").text(),
                    schedule.at("missed").text(),
                    next(schedule),
                    schedule.at("lastRun").isNull()
                            ? "none"
                            : schedule.at("lastRun").text()));
        }
    }

    private static String next(Json schedule) {
        if (schedule.at("paused").text().equals("true")) return "paused";
        String time = schedule.at("next").text();
        return schedule.at("hosted").text().equals("true") ? time : time + " (no code here)";
    }

    private static String row(String... cells) {
        return "%-20s  %-16s  %-16s  %-16s  %-6s  %-20s  %s".formatted((Object[]) cells);
    }
}
