package dev.holdfast.sdk;

import dev.holdfast.core.Missed;
import dev.holdfast.core.Refused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Starts a run of a task by the clock. Immutable; every method that sets something returns a copy.
 *
 * <pre>{@code
 * client.schedule(Schedule.named("nightly").cron("0 3 * * *").zone("Europe/Berlin").task(REPORT, "all"));
 * }</pre>
 *
 * <p>Each firing starts exactly one run, whatever dies and however often this is declared. The run has the tags
 * {@code schedule:NAME} and {@code scheduled:TIME}, and its code finds the planned time in {@link Context#scheduledAt}.
 *
 * <p><b>Summer time.</b> A time that the clocks leave out fires as soon as they were put forward; one that they show twice
 * fires the first time. What fires in every hour goes by the time that passes.
 */
public final class Schedule {
    private final String name;
    private final @Nullable String cron;
    private final String zone;
    private final Missed missed;
    private final What what;

    private record What(
            @Nullable Task<?, ?> task,
            @Nullable Object input,
            @Nullable String taskLane,
            @Nullable String lane,
            @Nullable Duration ttl) {}

    private Schedule(String name, @Nullable String cron, String zone, Missed missed, What what) {
        this.name = name;
        this.cron = cron;
        this.zone = zone;
        this.missed = missed;
        this.what = what;
    }

    /**
     * A schedule in UTC that makes up for what it has missed with one run; it needs an expression and a task.
     *
     * @param name unique in its namespace: a schedule by this name is replaced
     */
    public static Schedule named(String name) {
        return new Schedule(
                Names.check("schedule", name), null, "UTC", Missed.LATEST, new What(null, null, null, null, null));
    }

    /**
     * When: minute, hour, day of the month, month, day of the week, such as {@code "30 3 * * MON-FRI"}; a second may stand
     * before them. What is wrong with it is told when it is declared.
     */
    public Schedule cron(String expression) {
        return new Schedule(name, expression, zone, missed, what);
    }

    /** In which time zone the expression is meant, such as {@code "Europe/Berlin"}. */
    public Schedule zone(String id) {
        return new Schedule(name, cron, id, missed, what);
    }

    /** What becomes of firings that were missed, because no process was there or the clock has jumped. */
    public Schedule missed(Missed how) {
        return new Schedule(name, cron, zone, how, what);
    }

    /** Which task, and the input of each of its runs. */
    public <I extends @Nullable Object> Schedule task(Task<I, ?> task, I input) {
        return with(new What(task, input, task.laneOf(input), what.lane, what.ttl));
    }

    /** The lane of the task's queue that its runs are in, instead of the one that the task names. */
    public Schedule lane(String lane) {
        return with(new What(what.task, what.input, what.taskLane, lane, what.ttl));
    }

    /** A run that has not started within this expires. */
    public Schedule ttl(Duration beforeFirstStart) {
        Duration ttl = Durations.positive("ttl", beforeFirstStart);
        return with(new What(what.task, what.input, what.taskLane, what.lane, ttl));
    }

    private Schedule with(What next) {
        return new Schedule(name, cron, zone, missed, next);
    }

    public String name() {
        return name;
    }

    /** @throws Refused {@code cron_invalid} if there is none */
    public String cron() {
        if (cron == null) throw new Refused("cron_invalid", "schedule '" + name + "' has no cron expression");
        return cron;
    }

    public String zone() {
        return zone;
    }

    public Missed missed() {
        return missed;
    }

    /** @throws Refused {@code task_unknown} if there is none */
    public Task<?, ?> task() {
        if (what.task == null) throw new Refused("task_unknown", "schedule '" + name + "' has no task");
        return what.task;
    }

    public @Nullable Object input() {
        return what.input;
    }

    /** Null for none. */
    public @Nullable String lane() {
        return what.lane == null ? what.taskLane : what.lane;
    }

    /** Null for never. */
    public @Nullable Duration ttl() {
        return what.ttl;
    }
}
