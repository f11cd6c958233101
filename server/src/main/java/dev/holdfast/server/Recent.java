package dev.holdfast.server;

import dev.holdfast.core.Unavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a database answers to one question. However many ask, the question is on its way at most once, and ten times a second at
 * the most: whoever comes meanwhile shares the next answer. Nobody waits for longer than he has said, and no lock is held
 * while the database is asked, so one that does not answer keeps nobody for long.
 */
final class Recent<T> {
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private final Supplier<T> question;
    private final AtomicReference<@Nullable Look<T>> newest = new AtomicReference<>();
    private volatile @Nullable T known;

    /** @param question asks the database, on a thread of its own */
    Recent(Supplier<T> question) {
        this.question = question;
    }

    /** The question on its way; begun at this nanoTime. */
    private record Look<T>(long begun, CompletableFuture<T> answer) {
        Look() {
            this(System.nanoTime(), new CompletableFuture<>());
        }
    }

    /** Whatever was answered last, if ever. */
    Optional<T> known() {
        return Optional.ofNullable(known);
    }

    /**
     * What was asked for not longer ago than that.
     *
     * @throws Unavailable {@code database_silent} if there is no answer in time, and as the question
     */
    T within(Duration age, Duration patience) throws InterruptedException {
        long now = System.nanoTime();
        long moment = now - age.toNanos();
        long until = now + patience.toNanos();
        Look<T> look = newest.get();
        while (look == null || look.begun() - moment < 0 || look.answer().isCompletedExceptionally()) {
            if (look != null) pause(look, until);
            var next = new Look<T>();
            if (newest.compareAndSet(look, next)) {
                Thread.ofVirtual().name("holdfast-look").start(() -> ask(next));
                look = next;
                break;
            }
            look = newest.get();
        }
        return answer(look, until);
    }

    private void ask(Look<T> look) {
        try {
            T answer = question.get();
            known = answer;
            look.answer().complete(answer);
        } catch (RuntimeException | Error e) {
            look.answer().completeExceptionally(e);
        }
    }

    /** Until it has an answer, whatever that is, and another one may begin. */
    private static void pause(Look<?> look, long until) throws InterruptedException {
        try {
            look.answer().get(left(until), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            // Told to whoever has asked.
        } catch (TimeoutException e) {
            throw silent(e);
        }
        TimeUnit.NANOSECONDS.sleep(look.begun() + BETWEEN.toNanos() - System.nanoTime());
    }

    private static <T> T answer(Look<T> look, long until) throws InterruptedException {
        try {
            return look.answer().get(left(until), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw silent(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException why) throw why;
            throw new IllegalStateException("the database could not be asked", e.getCause());
        }
    }

    private static long left(long until) {
        return Math.max(0, until - System.nanoTime());
    }

    private static Unavailable silent(TimeoutException e) {
        return Unavailable.notApplied(
                "database_silent",
                "the database does not answer this node: nothing was changed; ask another node, or this one again",
                e);
    }
}
