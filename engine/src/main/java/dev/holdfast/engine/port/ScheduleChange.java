package dev.holdfast.engine.port;

import dev.holdfast.core.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * A schedule comes, changes, fires or goes: it is written if it is exactly as it was read, and otherwise nothing is.
 *
 * @param seen as it was read; null if it was not there
 * @param next as it is to be; null to remove it. With another revision its definition is written, too
 * @param request the request id under which it was asked for, if any
 */
public record ScheduleChange(
        Namespace namespace,
        String name,
        StoredSchedule.@Nullable Seen seen,
        @Nullable StoredSchedule next,
        @Nullable Request request) {}
