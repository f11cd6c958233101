package dev.holdfast.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The server, asked over HTTP. What it says of itself is there for later checks. */
final class ServerChecks {
    private static final Duration SKEW = Duration.ofSeconds(2);
    /** Of SQLite's numbers for {@code synchronous}: every commit reaches the disk before it is answered. */
    private static final Set<String> SAFE = Set.of("2", "3");

    /** Settings of PostgreSQL without which an answered commit may not be there after a power cut. */
    private static final List<String> DURABLE = List.of("fsync", "full_page_writes", "synchronous_commit");

    private final Api api;
    private @Nullable Json node;
    private @Nullable Set<String> hosted;

    ServerChecks(Api api) {
        this.api = api;
    }

    /** Number of its process; 0 if it is unknown. */
    long pid() {
        return node == null ? 0 : node.at("pid").number();
    }

    /** The names of the tasks that it hosts; null if they are unknown. */
    @Nullable
    Set<String> hosted() {
        return hosted;
    }

    List<Finding> examine() {
        long begun = System.nanoTime();
        Api.Answer answer;
        try {
            answer = api.ready();
        } catch (IOException e) {
            String what = "no answer from " + api.base() + " (" + e.getMessage() + ")";
            return List.of(Finding.hint("server", what, "start one with 'holdfast dev', or name another one by --url"));
        }
        var took = Duration.ofNanos(System.nanoTime() - begun);
        var findings = new ArrayList<Finding>();
        if (answer.status() == 200) {
            findings.add(Finding.ok("server", api.base() + " is ready (" + took.toMillis() + " ms)"));
            findings.addAll(itself());
        } else {
            String what = api.base() + " is not ready: " + answer.body().strip();
            findings.add(Finding.hint("server", what, "ask again in a moment"));
        }
        findings.add(clock(answer.date()));
        return findings;
    }

    private List<Finding> itself() {
        Json told;
        try {
            told = Json.parse(api.get("/v1/node"));
            var names = new TreeSet<String>();
            for (Json task : Json.parse(api.get("/v1/tasks")).at("tasks").items()) {
                names.add(task.at("name").text());
            }
            hosted = names;
        } catch (Failure | IllegalArgumentException e) {
            return List.of(Finding.hint(
                    "version",
                    "the server does not say what it is (" + e.getMessage() + ")",
                    "it may be older than this command: use that of its version"));
        }
        node = told;
        return List.of(version(told), durability(told.at("ledger").at("settings")));
    }

    private static Finding version(Json node) {
        String server = node.at("version").text();
        String own = Main.Version.number();
        String what = "the server is " + server + ", process " + node.at("pid").number() + ", on Java "
                + node.at("java").text();
        if (server.equals(own)) return Finding.ok("version", what);
        return Finding.hint("version", what + "; this command is " + own, "use the same version of both");
    }

    /** @param settings of the database, as the server read them */
    static Finding durability(Json settings) {
        return settings.at("fsync").isNull()
                ? onSqlite(settings)
                : onPostgres(name -> settings.at(name).text());
    }

    /** @param settings of the database, by name */
    static Finding onPostgres(UnaryOperator<String> settings) {
        var unsafe = new ArrayList<String>();
        var what = new StringJoiner(", ", "the database says ", "");
        for (String name : DURABLE) {
            String value = settings.apply(name);
            what.add(name + "=" + value);
            if (value.equals("off")) unsafe.add(name);
        }
        if (unsafe.isEmpty()) return Finding.ok("durable", what.toString());
        return Finding.bad(
                "durable",
                what + ": what was acknowledged may be lost when its machine stops",
                "switch on " + String.join(" and ", unsafe) + " in the configuration of the database");
    }

    private static Finding onSqlite(Json settings) {
        String journal = settings.at("journal_mode").text();
        String synchronous = settings.at("synchronous").text();
        String what = "the writing connection says journal_mode=" + journal + ", synchronous=" + synchronous
                + " (SQLite " + settings.at("sqlite").text() + ")";
        if (journal.equals("wal") && SAFE.contains(synchronous)) return Finding.ok("durable", what);
        return Finding.bad(
                "durable",
                what + ": what was acknowledged may be lost when the machine stops",
                "stop the server; it should be wal and 2, and nothing of ours sets anything else");
    }

    private static Finding clock(Instant server) {
        // The header has whole seconds.
        Duration apart = Duration.between(server, Instant.now()).abs();
        if (apart.minusSeconds(1).compareTo(SKEW) < 0) return Finding.ok("clock", "it agrees with the server's");
        return Finding.bad("clock", "it is " + apart.toSeconds() + " s off the server's", "let both keep time by NTP");
    }
}
