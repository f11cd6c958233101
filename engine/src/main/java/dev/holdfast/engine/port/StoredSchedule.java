package dev.holdfast.engine.port;

import dev.holdfast.core.Missed;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it is written down.
 *
 * @param namespace its tenant, and that of its runs
 * @param name unique in its namespace
 * @param definition what was declared
 * @param standing how far it has come
 */
public record StoredSchedule(Namespace namespace, String name, Definition definition, Standing standing) {

    /**
     * What was declared.
     *
     * @param cron an expression, see {@link dev.holdfast.core.Cron}
     * @param zone the id of a time zone
     * @param missed what becomes of firings that were missed
     * @param task which code
     * @param input JSON, the same for every run
     * @param lane of the task's queue; null for none
     * @param ttl a run that has not started within this expires; null for never
     */
    public record Definition(
            String cron,
            String zone,
            Missed missed,
            String task,
            String input,
            @Nullable String lane,
            @Nullable Duration ttl) {}

    /**
     * How far it has come.
     *
     * @param revision of the definition: another one with each change, so that nobody fires an old one
     * @param isPaused whether it does not fire
     * @param next the firing to come, by its planned time; null if and only if it is paused
     * @param lastAt the planned time of the newest firing that has started a run; null if there was none
     * @param lastRun that run
     */
    public record Standing(
            UUID revision,
            boolean isPaused,
            @Nullable Instant next,
            @Nullable Instant lastAt,
            @Nullable RunId lastRun) {}

    /**
     * By which a write knows that nobody was quicker: neither has it fired, nor was it changed.
     *
     * @param revision as it was read
     * @param next as it was read
     */
    public record Seen(UUID revision, @Nullable Instant next) {}

    public Seen seen() {
        return new Seen(standing.revision(), standing.next());
    }

    /** After a firing has started a run. */
    public StoredSchedule fired(Instant at, RunId run, Instant next) {
        return new StoredSchedule(namespace, name, definition, new Standing(standing.revision(), false, next, at, run));
    }

    /** After firings that start no run. */
    public StoredSchedule passed(Instant next) {
        var moved = new Standing(standing.revision(), false, next, standing.lastAt(), standing.lastRun());
        return new StoredSchedule(namespace, name, definition, moved);
    }
}
