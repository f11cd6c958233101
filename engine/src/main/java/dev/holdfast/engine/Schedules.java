package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.StoredSchedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one can ask of schedules. Every method throws {@link Refused} with a stable code: {@code schedule_unknown},
 * {@code cron_invalid}, {@code zone_unknown}, and those of a start, see {@link Runs}.
 */
public interface Schedules {
    /**
     * Declares a schedule. The same definition again changes nothing: it keeps its next firing. Another one takes its
     * place from now on; what was paused stays paused.
     *
     * @return as it is now
     */
    StoredSchedule put(
            Namespace namespace, String name, StoredSchedule.Definition definition, @Nullable String requestId);

    StoredSchedule show(Namespace namespace, String name);

    /** By name; {@code after} is the last of the previous page. */
    List<StoredSchedule> list(Namespace namespace, @Nullable String after, int limit);

    /** It does not fire until it is resumed, and nothing of that time is made up for. */
    StoredSchedule pause(Namespace namespace, String name, @Nullable String requestId);

    /** It fires from now on. */
    StoredSchedule resume(Namespace namespace, String name, @Nullable String requestId);

    /** Removes a schedule; the runs that it has started stay. */
    void delete(Namespace namespace, String name, @Nullable String requestId);
}
