package dev.holdfast.sdk;

import dev.holdfast.core.stream.Source;
import java.util.concurrent.locks.ReentrantLock;

/** One try of a step, as its body sees it. */
final class StepScope implements Step.Scope {
    private final String key;
    private final Source source;
    private final long epoch;
    private final Chunks chunks;

    /** Held while sending: when the scope has ended, nothing is on its way any more. */
    private final ReentrantLock sending = new ReentrantLock();

    private boolean ended;

    StepScope(String key, Source source, long epoch, Chunks chunks) {
        this.key = key;
        this.source = source;
        this.epoch = epoch;
        this.chunks = chunks;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public int attempt() {
        return source.tries();
    }

    @Override
    public void send(Object chunk) {
        String json = chunks.json(chunk);
        sending.lock();
        try {
            if (ended) {
                throw new IllegalStateException(
                        "Try %d of step %s has ended, so nothing can be sent in its name. Send before its body returns, and wait there for threads that it has started."
                                .formatted(source.tries(), source.key()));
            }
            chunks.send(source, json);
        } finally {
            sending.unlock();
        }
    }

    void end() {
        sending.lock();
        try {
            ended = true;
        } finally {
            sending.unlock();
        }
    }
}
