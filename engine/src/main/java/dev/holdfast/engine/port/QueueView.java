package dev.holdfast.engine.port;

/**
 * A queue in which something waits or executes, or that was paused or configured.
 *
 * @param queue its name
 * @param isPaused whether no run of it is claimed
 * @param settings its limits
 * @param waiting queued runs whose time has come
 * @param delayed queued runs whose time has not come
 * @param executing runs that somebody executes
 * @param lanes how many of its lanes have something to do: a run that can be claimed, or one that holds a slot
 */
public record QueueView(
        String queue,
        boolean isPaused,
        QueueSettings settings,
        long waiting,
        long delayed,
        long executing,
        long lanes) {}
