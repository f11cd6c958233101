package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
    private final Bell bell;
    private final Hints.Listening listening;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final AtomicBoolean hinted;
    private long looked;
    private volatile boolean ended;

    private Watcher(Story story, Clock clock, Bell bell, Hints.Listening listening, AtomicBoolean hinted) {
        this.hinted = hinted;
        this.story = story;
        this.clock = clock;
        this.bell = bell;
        this.listening = listening;
    }

    /** What a watcher needs of the engine. */
    record Ports(Reads reads, StreamLog log, Hints hints, Threads threads, Clock clock) {}

    /**
     * Begins to watch.
     *
     * @param run as it was read by whoever checked that it may be watched
     * @param after the id of the last frame that was received, null for the beginning
     * @throws Refused {@code cursor_unknown} if {@code after} is not a position that this run has reached
     */
    static Watch open(Ports ports, Run run, @Nullable String after) {
        var story = Story.from(ports.reads(), ports.log(), run, after);
        var bell = ports.threads().bell();
        // It listens before it reads for the first time: what is written from now on rings.
        var hinted = new AtomicBoolean(true);
        var listening = ports.hints().onChange(run.id(), () -> {
            hinted.set(true);
            bell.ring();
        });
        return new Watcher(story, ports.clock(), bell, listening, hinted);
    }

    @Override
    public Optional<Frame> next(Duration patience) throws InterruptedException {
        long began = clock.nanos();
        while (!ended) {
            if (frames.isEmpty() && isWorthALook()) frames.addAll(more());
            Frame next = frames.poll();
            if (next != null) {
                if (frames.isEmpty() && story.isOver()) close();
                return Optional.of(next);
            }
            Duration left = patience.minusNanos(clock.nanos() - began);
            if (left.isNegative() || left.isZero()) break;
            bell.await(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
        }
        return Optional.empty();
    }

    /** A run with many watchers is read by each of them: only when there can be something. */
    private boolean isWorthALook() {
        // Taken back before it is read: what is written meanwhile hints again.
        boolean wasHinted = hinted.getAndSet(false);
        boolean due = clock.nanos() - looked >= LOOK_AGAIN.toNanos();
        return wasHinted || due || !story.isUpToDate();
    }

    private List<Frame> more() {
        looked = clock.nanos();
        try {
            return story.more();
        } catch (Refused gone) {
            close();
            throw gone;
        } catch (RuntimeException e) {
            hinted.set(true);
            throw e;
        }
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        ended = true;
        listening.close();
        bell.ring();
    }
}
