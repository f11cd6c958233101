package dev.holdfast.sdk;

import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.FrameFold;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Frames, from wherever they come, as text. */
public final class FoldedStream implements RunStream {
    private final Frames frames;
    private final FrameFold fold = new FrameFold();
    private final Object folding = new Object();
    private int rewinds;
    private boolean asked;

    public FoldedStream(Frames frames) {
        this.frames = frames;
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
        private boolean over;

        @Override
        public boolean hasNext() {
            while (next == null && !over) {
                var frame = frame();
                over = frame == null;
                if (frame != null) next = apply(frame);
            }
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

    private Frames.@Nullable Received frame() {
        try {
            return frames.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unavailable.notApplied("interrupted", "the thread that reads the stream was interrupted", e);
        }
    }

    private @Nullable String apply(Frames.Received frame) {
        synchronized (folding) {
            return switch (fold.apply(frame.event(), frame.step(), frame.data())) {
                case FrameFold.Effect.Appended appended -> appended.text();
                case FrameFold.Effect.Rewound rewound -> {
                    rewinds++;
                    yield rewound.standing();
                }
                case FrameFold.Effect.Missed missed -> null;
                case FrameFold.Effect.Nothing nothing -> null;
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
    public long missing() {
        synchronized (folding) {
            return fold.missing();
        }
    }

    @Override
    public void close() {
        frames.close();
    }
}
