package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who watches a run: asks for more of its {@link Story} when a hint says that there is some, and by itself once
 * a second, since hints may be lost.
 *
 * <p>It holds a few hundred frames at most (about a megabyte), however far behind it is; it has no thread of its own.
 * {@code next} is for one thread at a time; {@code close} may be called by any, and ends a {@code next} that waits. If
 * {@code next} throws {@link dev.holdfast.core.Unavailable}, nothing is lost: call it again. If the run is deleted
 * meanwhile, {@code next} throws {@link Refused} {@code run_unknown} and the watch has ended.
 */
final class Watcher implements Watch {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Story story;
    private final Clock clock;
    private final Together.Place<Tail> place;
    private final Deque<Frame> frames = new ArrayDeque<>();
    /** What was asked for at the last look of this watcher. */
    private long looked;

    private final AtomicBoolean ended = new AtomicBoolean();

    private Watcher(Story story, Clock clock, Together.Place<Tail> place) {
        this.story = story;
        this.clock = clock;
        this.place = place;
    }

    /** What watchers need of the engine. */
    record Ports(Reads reads, StreamLog log, Hints hints, Threads threads, Clock clock) {}

    /**
     * Begins to watch.
     *
     * @param run as it was read by whoever checked that it may be watched
     * @param after the id of the last frame that was received, null for the beginning
     * @throws Refused {@code cursor_unknown} if {@code after} is not a position that this run has reached
     */
    static Watch open(Tails tails, Clock clock, Run run, @Nullable String after) {
        Together.Place<Tail> place = tails.join(run);
        try {
            return new Watcher(Story.from(place.what(), run, after), clock, place);
        } catch (RuntimeException | Error e) {
            place.leave().run();
            throw e;
        }
    }

    @Override
    public Optional<Frame> next(Duration patience) throws InterruptedException {
        long began = clock.nanos();
        while (!ended.get()) {
            if (frames.isEmpty()) look();
            Frame next = frames.poll();
            if (next != null) {
                if (frames.isEmpty() && story.isOver()) close();
                return Optional.of(next);
            }
            Duration left = patience.minusNanos(clock.nanos() - began);
            if (left.isNegative() || left.isZero()) break;
            place.bell().await(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
        }
        return Optional.empty();
    }

    /** Only when there can be something. */
    private void look() {
        // Asked before it looks: what is written meanwhile asks again.
        long asked = place.what().asked();
        if (asked == looked && story.isUpToDate()) return;
        try {
            frames.addAll(story.more());
            looked = asked;
        } catch (Refused gone) {
            close();
            throw gone;
        }
    }

    @Override
    public boolean ended() {
        return ended.get();
    }

    @Override
    public void close() {
        if (ended.getAndSet(true)) return;
        place.leave().run();
        place.bell().ring();
    }
}
