package dev.holdfast.server;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Watch;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A watch that lasts while what it reads does not answer: it tries again, and there is nothing new until then. Nothing is
 * lost by that.
 *
 * <p>If nothing has answered for long it throws what was said last: whoever comes back may come to a node that can read.
 */
final class Lasting implements Watch {
    private static final long NEVER = Long.MIN_VALUE;

    private final Watch watch;
    private final Times times;
    /** Since when (in nanoTime) nothing has answered. */
    private long away = NEVER;

    /**
     * When it tries.
     *
     * @param again after how long
     * @param most how long in all
     */
    record Times(Duration again, Duration most) {}

    Lasting(Watch watch, Times times) {
        this.watch = watch;
        this.times = times;
    }

    /** @throws Unavailable {@code closing} at once, any other if that lasts */
    @Override
    public Optional<Frame> next(Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (true) {
            long left = until - System.nanoTime();
            try {
                Optional<Frame> frame = watch.next(Duration.ofNanos(Math.max(0, left)));
                away = NEVER;
                return frame;
            } catch (Unavailable e) {
                if (isEnough(e)) throw e;
            }
            if (left <= 0) return Optional.empty();
            TimeUnit.NANOSECONDS.sleep(Math.min(left, times.again().toNanos()));
        }
    }

    private boolean isEnough(Unavailable why) {
        long now = System.nanoTime();
        if (away == NEVER) away = now;
        return why.code().equals("closing") || now - away > times.most().toNanos();
    }

    @Override
    public boolean ended() {
        return watch.ended();
    }

    @Override
    public void close() {
        watch.close();
    }
}
