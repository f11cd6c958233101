package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Nodes, and takeovers, as rows of a table. */
final class NodeTable {
    private NodeTable() {}

    static void nodes(Json ring, Client client) {
        long own = ring.at("own").number();
        List<Json> nodes = ring.at("nodes").items();
        // Who is alone watches nobody.
        boolean alone = nodes.size() < 2;
        client.print(
                node("NODE", "LABEL", "ADDRESS", "AGE", "SILENT", alone ? "" : watches("WATCHES"), "HOLDS", "HOSTS"));
        for (Json node : nodes) {
            long number = node.at("number").number();
            Json watched = node.at("watches");
            client.print(node(
                    number + (number == own ? "*" : ""),
                    node.at("label").text(),
                    node.at("address").text(),
                    age(node.at("joined").text()),
                    node.at("silentMillis").text() + " ms",
                    alone ? "" : watches(watched.isNull() ? "-" : watched.text()),
                    node.at("held").text(),
                    hosts(node.at("hosts").items())));
        }
    }

    static void takeovers(List<Json> takeovers, Client client) {
        client.print(takeover("DEAD", "LABEL", "AGO", "FOUND BY", "HOW", "SILENT", "TOOK"));
        for (Json takeover : takeovers) {
            Json silent = takeover.at("silentMillis");
            client.print(takeover(
                    takeover.at("number").text(),
                    takeover.at("label").text(),
                    age(takeover.at("at").text()),
                    takeover.at("by").text(),
                    takeover.at("how").text(),
                    silent.isNull() ? "-" : silent.text() + " ms",
                    "%.1f ms".formatted(takeover.at("tookMicros").number() / 1_000.0)));
        }
    }

    private static String hosts(List<Json> tasks) {
        return tasks.stream().map(task -> task.at("name").text()).collect(Collectors.joining(" "));
    }

    private static String age(String since) {
        return Times.age(Duration.between(Instant.parse(since), Instant.now()));
    }

    private static String watches(String cell) {
        return "  %7s".formatted(cell);
    }

    private static String node(String... cells) {
        return "%-5s  %-16s  %-24s  %5s  %8s%s  %6s  %s".formatted((Object[]) cells);
    }

    private static String takeover(String... cells) {
        return "%-5s  %-16s  %5s  %8s  %-6s  %8s  %9s".formatted((Object[]) cells);
    }
}
