package dev.holdfast.engine.port;

/**
 * A queue that has runs which have not ended, or that was paused or configured.
 *
 * @param queue its name
 * @param isPaused whether no run of it is claimed
 * @param settings its limits
 * @param waiting queued runs whose time has come
 * @param delayed queued runs whose time has not come
 * @param executing runs that somebody executes
 * @param lanes how many of its lanes have runs that have not ended
 */
public record QueueView(
        String queue,
        boolean isPaused,
        QueueSettings settings,
        long waiting,
        long delayed,
        long executing,
        long lanes) {}
