package dev.holdfast.sdk;

/**
 * Leaves the body of a task for reasons that are not its own. Never swallow it: every later call of the Context throws
 * it again, and whatever the body then returns or throws is discarded.
 *
 * <p>{@code finally} and try-with-resources do run. Keep business effects out of them, because a run that is given up
 * leaves by this road many times.
 */
public abstract sealed class Unwind extends Error {
    private static final long serialVersionUID = 1L;

    // No stack trace: it is thrown often, and where it left is no one's mistake.
    private Unwind(String why) {
        super(why, null, false, false);
    }

    /** The run was given up until it can go on; then its body is called again from the top. */
    public static final class GivenUp extends Unwind {
        private static final long serialVersionUID = 1L;

        GivenUp(String why) {
            super(why);
        }
    }

    /** A newer epoch owns the run; nothing done here counts any more. */
    public static final class Superseded extends Unwind {
        private static final long serialVersionUID = 1L;

        Superseded(String why) {
            super(why);
        }
    }

    /**
     * Cancel was requested. The one that may be caught, to compensate: steps still record, until the compensation budget
     * is spent. Rethrow it; a body that returns after it has ended CANCELLED all the same.
     *
     * <p>It is thrown by the first call that has nothing recorded, in every replay. A body that a cancel interrupts
     * between its calls is called again to come there. What it waited for on its way without its Context it waits for
     * again, so wait by the Context or inside a step.
     */
    public static final class Cancelled extends Unwind {
        private static final long serialVersionUID = 1L;

        Cancelled(String why) {
            super(why);
        }
    }
}
