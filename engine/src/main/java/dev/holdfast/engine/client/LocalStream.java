package dev.holdfast.engine.client;

import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Watch;
import dev.holdfast.sdk.RunStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A watch of the engine in this process, folded. */
final class LocalStream implements RunStream {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Watch watch;
    private final FrameFold fold = new FrameFold();
    private final Object folding = new Object();
    private int rewinds;
    private boolean asked;

    LocalStream(Watch watch) {
        this.watch = watch;
    }

    @Override
    public Iterator<String> iterator() {
        synchronized (folding) {
            if (asked) throw new IllegalStateException("a stream can be iterated once; ask the run for another one");
            asked = true;
        }
        return new Pieces();
    }

    private final class Pieces implements Iterator<String> {
        private @Nullable String next;

        @Override
        public boolean hasNext() {
            while (next == null && !watch.ended()) next = piece().orElse(null);
            return next != null;
        }

        @Override
        public String next() {
            if (!hasNext()) throw new NoSuchElementException("the run has ended");
            String piece = next;
            next = null;
            if (piece == null) throw new NoSuchElementException("the run has ended");
            return piece;
        }
    }

    private Optional<String> piece() {
        Optional<Frame> frame;
        try {
            frame = watch.next(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unavailable.notApplied("interrupted", "the thread that reads the stream was interrupted", e);
        }
        return frame.flatMap(this::apply);
    }

    private Optional<String> apply(Frame frame) {
        synchronized (folding) {
            return switch (fold.apply(frame.event(), frame.step(), frame.data())) {
                case FrameFold.Effect.Appended appended -> Optional.of(appended.text());
                case FrameFold.Effect.Rewound rewound -> {
                    rewinds++;
                    yield Optional.of(rewound.standing());
                }
                case FrameFold.Effect.Missed missed -> Optional.empty();
                case FrameFold.Effect.Nothing nothing -> Optional.empty();
            };
        }
    }

    @Override
    public String text() {
        synchronized (folding) {
            return fold.text();
        }
    }

    @Override
    public int rewinds() {
        synchronized (folding) {
            return rewinds;
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
