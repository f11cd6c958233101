package dev.holdfast.sdk;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** What a throwable of user code is to us. */
final class Failures {
    /** Causes can be a ring. */
    private static final int DEPTH = 50;

    private Failures() {}

    /** Whether user code says that it was interrupted. */
    static boolean isInterrupt(Throwable thrown) {
        return find(thrown, InterruptedException.class) != null
                || find(thrown, ClosedByInterruptException.class) != null
                || find(thrown, InterruptedIOException.class) != null;
    }

    /** The throwable itself or the first of its causes that is of this type. */
    static <X extends Throwable> @Nullable X find(Throwable thrown, Class<X> type) {
        int depth = 0;
        for (Throwable t = thrown; t != null && depth < DEPTH; t = t.getCause(), depth++) {
            if (type.isInstance(t)) return type.cast(t);
        }
        return null;
    }
}
