package dev.holdfast.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * A run as people read it in a terminal.
 *
 * @param run the server's view of it
 * @param most how many rows of each table; the ones in the middle are left out
 */
record RunPage(Json run, int most) {
    /** @param why it does not progress; empty if it has ended */
    void print(String why, PrintWriter out) {
        String outcome = run.at("outcome").text();
        out.println(run.at("id").text() + "  " + run.at("task").text() + "  "
                + run.at("status").text());
        if (!why.isEmpty()) out.println("  " + why);
        field(
                out,
                "attempt",
                run.at("attempt").text() + ", epoch " + run.at("epoch").text());
        field(out, "holder", run.at("holder").text());
        field(out, "parent", run.at("parent").text());
        field(out, "rerun of", rerun(run));
        field(out, "queue", run.at("queue").text());
        field(out, "lane", run.at("lane").text());
        field(out, "key", run.at("key").text());
        field(
                out,
                "tags",
                String.join(
                        ", ", run.at("tags").items().stream().map(Json::text).toList()));
        field(out, "created", run.at("createdAt").text());
        field(out, "due", run.at("due").text());

        Instant begin = Instant.parse(run.at("createdAt").text());
        out.println("\nsnapshots");
        rows(out, run.at("snapshots").items(), snapshot -> {
            String end = snapshot.at("outcome").text();
            Duration after =
                    Duration.between(begin, Instant.parse(snapshot.at("at").text()));
            out.println("  %4s  %-9s  epoch %-3s  attempt %-2s  %-12s  %s"
                    .formatted(
                            snapshot.at("seq").text(),
                            end.isEmpty() ? snapshot.at("state").text() : end,
                            snapshot.at("epoch").text(),
                            snapshot.at("attempt").text(),
                            Times.since(after),
                            snapshot.at("cause").text()));
        });
        List<Json> steps = run.at("steps").items();
        waits(out, steps);
        if (!steps.isEmpty()) out.println("\nsteps");
        rows(out, steps, step -> {
            String tries =
                    step.at("tries").number() > 1 ? "  (" + step.at("tries").text() + " tries)" : "";
            String error = step.at("error").at("message").text();
            out.println("  %4s  %-9s  epoch %-3s  %s%s%s"
                    .formatted(
                            step.at("key").text(),
                            step.at("status").text(),
                            step.at("epoch").text(),
                            step.at("name").text(),
                            tries + child(step),
                            error.isEmpty() ? "" : ": " + error));
        });
        out.println("\ninput");
        out.println(run.at("input").pretty());
        if (!run.at("error").isNull()) {
            out.println("\nerror");
            out.println(run.at("error").at("type").text() + ": "
                    + run.at("error").at("message").text());
        }
        if (!outcome.isEmpty() && run.at("error").isNull()) {
            out.println("\noutput");
            out.println(run.at("output").pretty());
        }
    }

    /** A child is shown by its id, so that it can be asked for. */
    private static String rerun(Json run) {
        String from = run.at("rerunFrom").text();
        return run.at("rerunOf").text() + (from.isEmpty() ? "" : ", from step " + from);
    }

    private static String child(Json step) {
        String child = step.at("awaits").at("run").text();
        return child.isEmpty() ? "" : "  " + child;
    }

    private void waits(PrintWriter out, List<Json> steps) {
        var keys = run.at("waiting").at("keys").items().stream().map(Json::text).toList();
        List<Json> open = steps.stream()
                .filter(step -> keys.contains(step.at("key").text()))
                .filter(step -> step.at("status").text().equals("PENDING"))
                .toList();
        if (open.isEmpty()) return;
        boolean all = run.at("waiting").at("need").text().equals("ALL");
        out.println("\nwaits for" + (open.size() < 2 ? "" : all ? " all of" : " one of"));
        rows(out, open, step -> {
            Json wait = step.at("awaits");
            String what = wait.at("name").text()
                    + wait.at("token").text()
                    + wait.at("run").text();
            String until = wait.at("until").text();
            out.println("  %4s  %-9s  %s%s"
                    .formatted(
                            step.at("key").text(),
                            wait.at("kind").text(),
                            what.isEmpty() ? step.at("name").text() : what,
                            until.isEmpty() ? "" : "  until " + until));
        });
    }

    private static void field(PrintWriter out, String name, String value) {
        if (!value.isEmpty()) out.println("  %-8s %s".formatted(name, value));
    }

    private void rows(PrintWriter out, List<Json> rows, Consumer<Json> print) {
        int head = rows.size() <= most ? rows.size() : most / 2;
        int tail = rows.size() <= most ? 0 : most - head;
        rows.subList(0, head).forEach(print);
        if (head + tail < rows.size()) out.println("        … " + (rows.size() - head - tail) + " more (--all) …");
        rows.subList(rows.size() - tail, rows.size()).forEach(print);
    }
}
