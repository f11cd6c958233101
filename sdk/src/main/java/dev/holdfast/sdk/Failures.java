package dev.holdfast.sdk;

import dev.holdfast.core.Thrown;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;

/** What a throwable of user code is to us. */
final class Failures {
    private Failures() {}

    /** Whether user code says that it was interrupted. */
    static boolean isInterrupt(Throwable thrown) {
        return Thrown.causes(thrown).stream()
                .anyMatch(t -> t instanceof InterruptedException
                        || t instanceof ClosedByInterruptException
                        // The other end was slow: an InterruptedIOException that nobody's interrupt has made.
                        || (t instanceof InterruptedIOException && !(t instanceof SocketTimeoutException)));
    }
}
