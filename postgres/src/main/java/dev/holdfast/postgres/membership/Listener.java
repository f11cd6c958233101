package dev.holdfast.postgres.membership;

import java.time.Duration;

/**
 * Who is told what becomes of the node, and what it hears of others, which need not concern him. Each call returns at once: what
 * takes time is done on another thread.
 *
 * <p>A node that gets no answer goes down in steps, by its own clock, before anybody can take over what it holds: {@link
 * #suspended}, {@link #stop}, {@link #overdue}. If it is answered again and still is who it was, {@link #resumed} ends that.
 * After {@link #dead} nothing comes any more.
 */
public interface Listener {
    /** No answer for 3 s: accept nothing new, and answer nothing from memory. */
    void suspended();

    /** … for 4 s: stop all attempts. */
    void stop();

    /**
     * … for 4.5 s, or woke two seconds ago if it was frozen: what has not stopped by now may run beside its successor. A process of
     * ours halts itself.
     */
    void overdue();

    /** It was answered again, and holds what it held. */
    void resumed(Pause pause);

    /** It is not a member any more; others take over what it held. It may join again, with a new number. */
    void dead(String why);

    /** This node has found another one dead: it is the first to know, and takes over what that one held. */
    default void found(Found dead) {}

    /** Another node is gone, and has left or was found dead by somebody else. May come more than once. */
    default void died(long number) {}

    /** Another node has joined. */
    default void joined(long number) {}

    /** What {@link Membership#send} was given by another node. */
    default void heard(String payload) {}

    /** There was more to hear than was sent, or nobody was listening for a moment: look at everything. */
    default void missed() {}

    /**
     * A node that was found dead.
     *
     * @param how what showed it
     * @param took from the grant of its lock to the moment when others may have what it held
     */
    record Found(long number, Takeover.How how, Duration took) {}

    /** How far a node had gone down when it was answered again. */
    enum Pause {
        /** Its attempts went on. */
        SUSPENDED,
        /** Its attempts were told to stop: what they ran is to be queued again, which is no loss. */
        STOPPED
    }
}
