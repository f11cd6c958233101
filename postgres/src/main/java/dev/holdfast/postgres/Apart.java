package dev.holdfast.postgres;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does what must not be interrupted for threads that may be: an interrupt closes the connection of a virtual thread that waits
 * for an answer, and the answer to a commit has to be known.
 */
final class Apart {
    private static final Duration BRIEFLY = Duration.ofSeconds(5);

    private final Threads threads;
    private final Start start;
    private final Supplier<Unavailable> cut;
    private final Set<Awaited<?>> awaited = ConcurrentHashMap.newKeySet();

    /** What somebody waits for. */
    private static final class Awaited<T> {
        final CompletableFuture<T> answer = new CompletableFuture<>();
    }

    /** What begins a thread. */
    private interface Start {
        Thread thread(Runnable body);
    }

    private Apart(Threads threads, Start start, Supplier<Unavailable> cut) {
        this.threads = threads;
        this.start = start;
        this.cut = cut;
    }

    /** Commits, for code that has threads like these itself. */
    static Apart commits(Threads threads) {
        return new Apart(threads, body -> threads.task("holdfast transaction", body), Apart::isUnknown);
    }

    /** Logins, which the engine waits for, too: user code keeps them from nothing. */
    static Apart logins(Threads threads) {
        return new Apart(threads, body -> threads.loop("holdfast-login", body), Track::isCut);
    }

    /** @param then what nobody waits for */
    <T> T perform(Supplier<T> work, Runnable then) {
        return perform(work, then, lost -> {});
    }

    /** @param back what becomes of the result if nobody waits for it any more */
    <T> T perform(Supplier<T> work, Consumer<T> back) {
        return perform(work, () -> {}, back);
    }

    private <T> T perform(Supplier<T> work, Runnable then, Consumer<T> back) {
        var mine = new Awaited<T>();
        awaited.add(mine);
        start.thread(() -> {
            try {
                T done = work.get();
                if (!mine.answer.complete(done)) back.accept(done);
            } catch (Throwable e) {
                mine.answer.completeExceptionally(e);
            } finally {
                then.run();
            }
        });
        try {
            return mine.answer.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        } finally {
            awaited.remove(mine);
        }
    }

    /**
     * Something that the server does at once, if it is heard at all.
     *
     * @param end what ends it when it has taken too long, so that it fails
     */
    <T> T briefly(Supplier<T> work, Runnable end) {
        Thread worker = Thread.currentThread();
        Bell done = threads.bell();
        threads.task("holdfast patience", () -> {
            if (isRung(done)) return;
            end.run();
            worker.interrupt();
        });
        try {
            return work.get();
        } finally {
            done.ring();
        }
    }

    private static boolean isRung(Bell done) {
        try {
            return done.await(BRIEFLY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** The node has been cut off: whoever waits does not wait for a database that does not answer. */
    void cut() {
        for (Awaited<?> each : awaited) each.answer.completeExceptionally(cut.get());
    }

    private static Unavailable isUnknown() {
        return Unavailable.indeterminate(
                "fenced", "this node was cut off from its cluster before it knew what had become of this", null);
    }
}
