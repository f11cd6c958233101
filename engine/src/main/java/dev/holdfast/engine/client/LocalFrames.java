package dev.holdfast.engine.client;

import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Watch;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.sdk.Frames;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the engine in this process sends. While that cannot be read it tries again, after the last frame that it
 * got; also when the process has become another node meanwhile, with another engine.
 */
final class LocalFrames implements Frames {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Local local;
    private final RunId run;
    private final Bell bell;
    private @Nullable String last;
    private volatile Watch watch;
    private volatile boolean closed;

    /** @throws dev.holdfast.core.Refused {@code run_unknown} */
    LocalFrames(Local local, RunId run) {
        this.local = local;
        this.run = run;
        this.bell = local.ports().threads().bell();
        this.watch = open();
    }

    private Watch open() {
        return local.runs().watch(local.namespace(), run, last);
    }

    @Override
    public @Nullable Received next() throws InterruptedException {
        while (!closed) {
            try {
                Optional<Frame> frame = watch.next(PATIENCE);
                if (frame.isEmpty() && watch.ended()) return null;
                if (frame.isEmpty()) continue;
                last = frame.get().id();
                return new Received(
                        frame.get().event(), frame.get().step(), frame.get().data());
            } catch (Unavailable e) {
                watch.close();
                reopen();
            }
        }
        return null;
    }

    /** Its engine may have been closed because another one takes its place; if none does, that is the end. */
    private void reopen() throws InterruptedException {
        while (!closed) {
            try {
                watch = open();
                // Closed meanwhile, it has closed the one before.
                if (closed) watch.close();
                return;
            } catch (Unavailable e) {
                if (e.code().equals("closing")) throw e;
                bell.await(AGAIN);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        bell.ring();
    }
}
