package dev.holdfast.core;

import java.time.Duration;

/** Every default and limit that a user can meet. */
public final class Defaults {
    public static final int TASK_ATTEMPTS = 3;
    public static final Retry TASK_RETRY = Retry.exponential(TASK_ATTEMPTS);
    public static final Duration GIVE_UP_AFTER = Duration.ofSeconds(5);
    public static final Duration START_DEADLINE = Duration.ofSeconds(60);
    public static final Duration STOP_GRACE = Duration.ofSeconds(10);
    public static final Duration COMPENSATION_BUDGET = Duration.ofSeconds(60);

    /** From this many consecutive losses on, a run comes back with {@link #SUSPECT_BACK_OFF}, and is tried alone. */
    public static final int SUSPECT_AFTER_LOSSES = 3;

    /** Whose attempt has executed for so long has made progress, also without a recorded step. */
    public static final Duration HEALTHY_AFTER = Duration.ofMinutes(10);

    /** A run that was lost as often while it was alone is the reason, and ends SYSTEM_FAILURE. */
    public static final int LOSSES_ALONE = 3;

    public static final Retry SUSPECT_BACK_OFF =
            new Retry(Integer.MAX_VALUE, Duration.ofMillis(500), 2, Duration.ofMinutes(5), 0);
    public static final Duration REQUEST_RETENTION = Duration.ofHours(24);
    public static final Duration KEY_RETENTION = Duration.ofDays(30);
    public static final Duration RUN_RETENTION = Duration.ofDays(30);
    public static final int STEPS_PER_RUN = 10_000;

    public static final int RATE_COUNT = 10_000;
    public static final Duration RATE_PER = Duration.ofDays(1);

    /** No delay, time-out or limit is longer; what is asked beyond it is taken as this. */
    public static final Duration LONGEST = Duration.ofDays(36_500);

    /** Bytes of UTF-8 JSON: input, output, step result. */
    public static final int PAYLOAD_LIMIT = 1_000_000;

    /** Bytes of UTF-8 JSON. */
    public static final int CHUNK_LIMIT = 64_000;

    /** Characters of a name of a task, a step, a queue, a tag, a key or a request id. */
    public static final int NAME_LIMIT = 200;

    public static final int BATCH_LIMIT = 1_000;
    public static final int TAGS_LIMIT = 20;

    /** A firing of a schedule that comes later than this was missed. */
    public static final Duration ON_TIME = Duration.ofSeconds(10);

    /** Runs that a schedule starts at once for firings that were missed; the others follow. */
    public static final int FIRINGS_AT_ONCE = 1_000;

    public static final String QUEUE = "default";
    public static final String VERSION = "1";

    /** Attempts that a node executes at once, for each core of its machine. */
    public static final int SLOTS_PER_CORE = 4;

    /** How often a node looks by itself, should every hint be lost. */
    public static final Duration LOOK = Duration.ofSeconds(1);

    /** How long a node that closes waits for user code to leave. */
    public static final Duration DRAIN_GRACE = Duration.ofSeconds(5);

    /** A suspect that has waited for so long is tried alone, while others wait. */
    public static final Duration SUSPECT_PATIENCE = Duration.ofSeconds(30);

    /** At least so many of the newest snapshots of a run are kept. */
    public static final int SNAPSHOTS_KEPT = 200;

    /** Changes of one transaction. */
    public static final int COMMIT_LIMIT = 2_000;

    /** Characters. */
    public static final int ERROR_MESSAGE_LIMIT = RunError.MESSAGE_LIMIT;

    /** Characters. */
    public static final int ERROR_STACK_LIMIT = RunError.STACK_LIMIT;

    /** Bytes of the body of a request. */
    public static final int BODY_LIMIT = PAYLOAD_LIMIT + 64 * 1024;

    public static final int PAGE = 50;
    public static final int LARGEST_PAGE = 200;

    /** How long a request may take to arrive. */
    public static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(30);

    /** How often a silent stream says that it is there. */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    /** How long one write to a watcher may take. */
    public static final Duration WATCHER_PATIENCE = Duration.ofSeconds(30);

    /** How long a link to watch a run is good, unless it says so. */
    public static final Duration LINK = Duration.ofHours(1);

    /** … and at most. */
    public static final Duration LONGEST_LINK = Duration.ofDays(30);

    public static final int PORT = 7007;

    private Defaults() {}

    /** This time, or {@link #LONGEST} if it is longer: no clock or timer overflows with what comes out. */
    public static Duration atMostLongest(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST : time;
    }
}
