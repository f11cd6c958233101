package dev.holdfast.nats;

import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Threads;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.ApiResponse;
import io.nats.client.api.MessageGetRequest;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.PublishAck;
import io.nats.client.api.PurgeResponse;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is said to JetStream about one stream, over one connection. All of it goes to the leader of the stream: one of those
 * that follow it may not have what was acknowledged, and whoever reads it would see a hole.
 */
final class Wire {
    /** The leader answers within milliseconds; if it has died, the next one is found in seconds. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** What waits is offered again ten times a second: trouble of which nobody tells is over. */
    private static final Duration LASTS = Duration.ofSeconds(10);

    private static final int NOT_FOUND = 404;
    private static final int NO_MESSAGE = 10037;
    private static final String API = NatsJetStreamConstants.DEFAULT_API_PREFIX;

    private final Connection connection;
    private final Threads threads;
    private final String stream;
    private final Refusals refusals;
    private final String subjects;
    /** What nobody will answer any more if the connection breaks. */
    private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();

    private final AtomicLong asked = new AtomicLong();
    private volatile @Nullable Trouble trouble;

    Wire(Connection connection, Threads threads, Names names) {
        this.connection = connection;
        this.threads = threads;
        this.stream = names.stream();
        this.refusals = new Refusals(stream);
        this.subjects = names.runs();
    }

    Connection connection() {
        return connection;
    }

    Threads threads() {
        return threads;
    }

    String stream() {
        return stream;
    }

    String subject(RunId run) {
        return subjects + run;
    }

    /** Those of all runs. */
    String everySubject() {
        return subjects + "*";
    }

    /** The text behind what all subjects of runs begin with. */
    String run(String subject) {
        return subject.substring(subjects.length());
    }

    /** The connection broke: whoever waits is told. */
    void broke() {
        open.values().forEach(future -> future.completeExceptionally(new IOException("the connection broke")));
    }

    void demandConnected() {
        if (!isConnected()) throw away(null);
    }

    /** @throws Unavailable as long as nothing can be stored */
    void demandThere() {
        demandConnected();
        Trouble newest = trouble;
        if (newest != null && System.nanoTime() - newest.at() < LASTS.toNanos()) throw newest.why();
    }

    /** Whether what was offered at once was stored: if nothing was, what is to be stored next has the same trouble. */
    void heard(List<Appended> answers) {
        Unavailable why = null;
        for (Appended each : answers) {
            if (each instanceof Appended.At) {
                trouble = null;
                return;
            }
            if (each instanceof Appended.Unanswered unanswered) why = unanswered.why();
        }
        if (why != null) trouble = new Trouble(why, System.nanoTime());
    }

    /** Why nothing was stored at this nanoTime. */
    private record Trouble(Unavailable why, long at) {}

    boolean isConnected() {
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    /** A message, and where it is. */
    record Found(long sequence, Parcel parcel) {}

    /** The newest message of a run; null if it has none. */
    CompletableFuture<@Nullable Found> last(RunId run) {
        String wish = "{\"last_by_subj\":\"" + subject(run) + "\"}";
        return get(wish.getBytes(StandardCharsets.UTF_8));
    }

    /** The first message of a run at this sequence or behind it; null if it has none. */
    CompletableFuture<@Nullable Found> next(RunId run, long sequence) {
        return get(MessageGetRequest.nextForSubject(sequence, subject(run)).serialize());
    }

    /** This message. */
    Found at(long sequence) {
        Found found = await(get(MessageGetRequest.forSequence(sequence).serialize()));
        if (found == null) throw away(null);
        return found;
    }

    private CompletableFuture<@Nullable Found> get(byte[] wish) {
        return ask(API + "STREAM.MSG.GET." + stream, null, wish, answer -> {
            var found = new MessageInfo(answer, stream, false);
            if (found.hasError()) {
                if (found.getErrorCode() == NOT_FOUND && connectionKnows(found)) return null;
                done(found);
            }
            return new Found(
                    found.getSeq(), Parcel.read(found.getHeaders(), found.getData(), stream + "#" + found.getSeq()));
        });
    }

    /** A message that is not there, and not a stream that is not there. */
    private static boolean connectionKnows(MessageInfo found) {
        return found.getApiErrorCode() == NO_MESSAGE;
    }

    /**
     * Appends a message, if the run's newest one is this.
     *
     * @param after its sequence, 0 for none
     */
    CompletableFuture<Long> publish(RunId run, Parcel parcel, long after) {
        Headers headers = parcel.headers()
                .put("Nats-Expected-Last-Subject-Sequence", Long.toString(after))
                .put("Nats-Expected-Stream", stream)
                .put("Nats-Msg-Id", parcel.id(run));
        return ask(subject(run), headers, parcel.body(), answer -> {
            try {
                return new PublishAck(answer).getSeqno();
            } catch (JetStreamApiException e) {
                throw refusals.of(e);
            } catch (IOException e) {
                throw away(e);
            }
        });
    }

    /** Removes messages. */
    void purge(byte[] which) {
        await(ask(API + "STREAM.PURGE." + stream, null, which, answer -> done(new PurgeResponse(answer))));
    }

    /** The sequence of the newest message of the stream, 0 for none. */
    long lastSequence() {
        return await(ask(API + "STREAM.INFO." + stream, null, new byte[0], answer -> {
            var info = new StreamInfo(answer);
            done(info);
            return info.getStreamState().getLastSequence();
        }));
    }

    private <T extends ApiResponse<T>> T done(T answer) {
        try {
            answer.throwOnHasError();
            return answer;
        } catch (JetStreamApiException e) {
            throw refusals.of(e);
        }
    }

    /** Nobody waits for the answer. */
    void tell(String api, byte[] wish) {
        if (!isConnected()) return;
        var _ = connection.request(API + api, wish);
    }

    private <T extends @Nullable Object> CompletableFuture<T> ask(
            String subject, @Nullable Headers headers, byte[] body, Function<Message, T> read) {
        CompletableFuture<Message> answer;
        try {
            answer = connection.requestWithTimeout(subject, headers, body, PATIENCE.multipliedBy(2));
        } catch (IllegalStateException closed) {
            return CompletableFuture.failedFuture(new IOException("the connection is closed", closed));
        }
        long number = asked.incrementAndGet();
        open.put(number, answer);
        if (!isConnected()) answer.completeExceptionally(new IOException("the connection broke"));
        return answer.whenComplete((message, failure) -> open.remove(number)).thenApply(read);
    }

    /**
     * Waits for the answer.
     *
     * @throws Unavailable indeterminate if there is none
     */
    static <T extends @Nullable Object> T await(CompletableFuture<T> answer) {
        boolean interrupted = false;
        try {
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                try {
                    return answer.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw trouble(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException | CancellationException e) {
            throw away(e);
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Of an answer that came, what is wrong with it. */
    private static RuntimeException trouble(Throwable cause) {
        return cause instanceof RuntimeException e && !(e instanceof CancellationException) ? e : away(cause);
    }

    static Unavailable away(@Nullable Throwable cause) {
        String why = cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")";
        return Unavailable.indeterminate(
                "nats_away",
                "NATS does not answer" + why + ": what was sent and is not stored waits, and is stored when it does",
                cause);
    }

    /** Does this on a thread that nobody interrupts: an interrupt would break what the client is about to say. */
    <T> T undisturbed(String what, Supplier<T> work) {
        var done = new CompletableFuture<T>();
        threads.task(what, () -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return done.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) throw failure;
            if (e.getCause() instanceof Error error) throw error;
            throw new IllegalStateException(what + " failed", e);
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
