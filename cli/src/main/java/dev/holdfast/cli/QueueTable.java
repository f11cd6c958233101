package dev.holdfast.cli;

import java.util.List;

/** Queues, and lanes, as rows of a table. */
final class QueueTable {
    private QueueTable() {}

    static void queues(List<Json> queues, Client client) {
        if (queues.isEmpty()) {
            client.print("no queues");
            return;
        }
        client.print(
                queue("QUEUE", "PAUSED", "EXECUTING", "WAITING", "DELAYED", "LANES", "LIMIT", "LANE LIMIT", "RATE"));
        for (Json queue : queues) {
            client.print(queue(
                    queue.at("name").text(),
                    paused(queue),
                    queue.at("executing").text(),
                    queue.at("waiting").text(),
                    queue.at("delayed").text(),
                    queue.at("lanes").text(),
                    limit(queue.at("concurrency")),
                    limit(queue.at("laneConcurrency")),
                    rate(queue.at("rate"))));
        }
    }

    static void lanes(List<Json> lanes, Client client) {
        if (lanes.isEmpty()) {
            client.print("no lane has something to do");
            return;
        }
        client.print(lane("LANE", "KIND", "PAUSED", "TAKEN", "WAITING"));
        for (Json lane : lanes) {
            client.print(lane(
                    lane.at("name").text(),
                    lane.at("kind").text(),
                    paused(lane),
                    lane.at("taken").text(),
                    lane.at("waiting").text()));
        }
    }

    private static String paused(Json thing) {
        return thing.at("paused").text().equals("true") ? "paused" : "no";
    }

    private static String limit(Json limit) {
        return limit.isNull() ? "none" : limit.text();
    }

    private static String rate(Json rate) {
        return rate.isNull()
                ? "none"
                : rate.at("count").text() + "/" + rate.at("per").text();
    }

    private static String queue(String... cells) {
        return "%-24s  %-6s  %9s  %7s  %7s  %5s  %5s  %10s  %10s".formatted((Object[]) cells);
    }

    private static String lane(String... cells) {
        return "%-32s  %-10s  %-6s  %5s  %7s".formatted((Object[]) cells);
    }
}
