package dev.holdfast.core;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Every default and limit as Markdown, with the values of {@link Defaults}. */
public final class LimitsTable {
    private LimitsTable() {}

    /** One line per constant: its name, its value, what it is. */
    public static String markdown() {
        var text = new StringBuilder("""
                # Defaults and limits

                This page is printed from the code: it is not written by hand.

                | name | value | what |
                |---|---|---|
                """);
        rows().forEach((name, row) -> text.append("| ")
                .append(name)
                .append(" | ")
                .append(row.value())
                .append(" | ")
                .append(row.what())
                .append(" |\n"));
        return text.toString();
    }

    /**
     * A default or a limit.
     *
     * @param value for people
     * @param what it is
     */
    public record Row(String value, String what) {}

    /** By the name of the constant. */
    public static Map<String, Row> rows() {
        var rows = new LinkedHashMap<String, Row>();
        rows.put("TASK_ATTEMPTS", row(Defaults.TASK_ATTEMPTS, "attempts of a task; a task may say otherwise"));
        rows.put(
                "TASK_RETRY",
                row(Defaults.TASK_RETRY, "when a failed attempt is tried again; a step is not, unless it says so"));
        rows.put(
                "GIVE_UP_AFTER",
                row(Defaults.GIVE_UP_AFTER, "a longer wait frees the thread; a task may say otherwise"));
        rows.put(
                "START_DEADLINE", row(Defaults.START_DEADLINE, "a worker or a sandbox must have said that it started"));
        rows.put("STOP_GRACE", row(Defaults.STOP_GRACE, "an executor that is being stopped must be gone"));
        rows.put(
                "COMPENSATION_BUDGET",
                row(Defaults.COMPENSATION_BUDGET, "a cancelled run must have compensated, over all its epochs"));
        rows.put(
                "SUSPECT_AFTER_LOSSES",
                row(
                        Defaults.SUSPECT_AFTER_LOSSES,
                        "losses without progress from which on a run comes back with back-off, and is tried alone"));
        rows.put(
                "HEALTHY_AFTER",
                row(Defaults.HEALTHY_AFTER, "an attempt that has executed for so long has made progress"));
        rows.put("LOSSES_ALONE", row(Defaults.LOSSES_ALONE, "losses while alone end a run as SYSTEM_FAILURE"));
        rows.put("SUSPECT_BACK_OFF", row(Defaults.SUSPECT_BACK_OFF, "that back-off"));
        rows.put(
                "REQUEST_RETENTION",
                row(Defaults.REQUEST_RETENTION, "the answer to a request id is kept, whatever became of the run"));
        rows.put("KEY_RETENTION", row(Defaults.KEY_RETENTION, "a business key stays taken after success or cancel"));
        rows.put("RUN_RETENTION", row(Defaults.RUN_RETENTION, "a finished run is kept"));
        rows.put("STEPS_PER_RUN", row(Defaults.STEPS_PER_RUN, "recorded steps of one run"));
        rows.put(
                "PAYLOAD_LIMIT",
                row(Defaults.PAYLOAD_LIMIT, "bytes of JSON in UTF-8: an input, an output, a step's result"));
        rows.put("CHUNK_LIMIT", row(Defaults.CHUNK_LIMIT, "bytes of JSON in UTF-8: a chunk of a stream"));
        rows.put(
                "NAME_LIMIT",
                row(Defaults.NAME_LIMIT, "characters of a name: task, step, queue, tag, key, request id"));
        rows.put("BATCH_LIMIT", row(Defaults.BATCH_LIMIT, "runs of a batch that is started over HTTP"));
        rows.put("TAGS_LIMIT", row(Defaults.TAGS_LIMIT, "tags of a run"));
        rows.put("ON_TIME", row(Defaults.ON_TIME, "a firing of a schedule that comes later was missed"));
        rows.put(
                "FIRINGS_AT_ONCE",
                row(Defaults.FIRINGS_AT_ONCE, "runs that a schedule starts at once for missed firings; others follow"));
        rows.put(
                "LONGEST",
                row(Defaults.LONGEST, "any delay, time-out or limit; what is asked beyond it is taken as this"));
        rows.put("RATE_COUNT", row(Defaults.RATE_COUNT, "claims in the time of a queue's rate, at most"));
        rows.put("RATE_PER", row(Defaults.RATE_PER, "that time, at most; 1 ms at least"));
        rows.put("QUEUE", row(Defaults.QUEUE, "the queue of a task that names none"));
        rows.put("VERSION", row(Defaults.VERSION, "the version of a task that names none"));
        node(rows);
        server(rows);
        return rows;
    }

    private static void node(Map<String, Row> rows) {
        rows.put("SLOTS_PER_CORE", row(Defaults.SLOTS_PER_CORE, "attempts that a node executes at once, per core"));
        rows.put("LOOK", row(Defaults.LOOK, "how often a node looks by itself, should every hint be lost"));
        rows.put(
                "DRAIN_GRACE",
                row(Defaults.DRAIN_GRACE, "a node that closes waits so long for user code; `holdfast dev` 2 s"));
        rows.put(
                "SUSPECT_PATIENCE",
                row(Defaults.SUSPECT_PATIENCE, "a suspect that has waited so long is tried, while others wait"));
        rows.put("SNAPSHOTS_KEPT", row(Defaults.SNAPSHOTS_KEPT, "newest snapshots of a run that are kept, at least"));
        rows.put("COMMIT_LIMIT", row(Defaults.COMMIT_LIMIT, "changes of many callers in one transaction"));
        rows.put("ERROR_MESSAGE_LIMIT", row(Defaults.ERROR_MESSAGE_LIMIT, "characters of an error's message; cut"));
        rows.put("ERROR_STACK_LIMIT", row(Defaults.ERROR_STACK_LIMIT, "characters of an error's stack; cut"));
    }

    private static void server(Map<String, Row> rows) {
        rows.put("BODY_LIMIT", row(Defaults.BODY_LIMIT, "bytes of the body of a request"));
        rows.put("PAGE", row(Defaults.PAGE, "how many a page of a list has"));
        rows.put("LARGEST_PAGE", row(Defaults.LARGEST_PAGE, "… and may have"));
        rows.put("ARRIVAL_LIMIT", row(Defaults.ARRIVAL_LIMIT, "a request must have arrived"));
        rows.put("KEEP_ALIVE", row(Defaults.KEEP_ALIVE, "how often a silent stream says that it is there"));
        rows.put(
                "WATCHER_PATIENCE",
                row(Defaults.WATCHER_PATIENCE, "a watcher that takes nothing for so long is cut off; it resumes"));
        rows.put("LINK", row(Defaults.LINK, "a link to watch a run is good for so long, unless it says so"));
        rows.put("LONGEST_LINK", row(Defaults.LONGEST_LINK, "… and at most"));
        // A port is a name, and not a count.
        rows.put("PORT", row(Integer.toString(Defaults.PORT), "where a server listens, on 127.0.0.1"));
    }

    private static Row row(Object value, String what) {
        return new Row(
                switch (value) {
                    case Duration d -> text(d);
                    case Integer i -> String.format(Locale.ROOT, "%,d", i);
                    case Retry r -> text(r);
                    default -> "`" + value + "`";
                },
                what);
    }

    private static String text(Retry retry) {
        String attempts = retry.maxAttempts() == Integer.MAX_VALUE ? "" : retry.maxAttempts() + " attempts, ";
        String jitter = retry.jitter() == 0 ? "" : ", ± " + Math.round(retry.jitter() * 100) + " %";
        return attempts + "from " + text(retry.first()) + " on, × " + retry.factor() + ", at most " + text(retry.cap())
                + jitter;
    }

    private static String text(Duration time) {
        if (time.compareTo(Duration.ofDays(3)) >= 0) return time.toDays() + " d";
        if (time.compareTo(Duration.ofHours(1)) >= 0) return time.toHours() + " h";
        if (time.compareTo(Duration.ofMinutes(2)) >= 0) return time.toMinutes() + " min";
        return time.compareTo(Duration.ofSeconds(1)) >= 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
