package dev.holdfast.server;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.Watch;
import dev.holdfast.node.KeyBook;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of runs and of conversations as Server-Sent Events, each on its request's own virtual thread.
 *
 * <p>A watcher that takes nothing for longer than the patience of the options is cut off by an interrupt, which closes
 * its connection at once; so are all of them when the server closes. Each can come back with the id of the last event
 * that it received. A dead connection is noticed at the latest by the next keep-alive.
 *
 * <p>While what is read does not answer the streams stay open, some seconds; see {@link Lasting}.
 *
 * <p>One whose key was revoked is told so by an event {@code refused}, a second later, and its stream ends. So is one whose
 * link is not good any more, and one without a key when the first key was made.
 */
final class Watchers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watchers.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** A comment: ignored by every client. */
    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.UTF_8);
    /** How soon a browser reconnects. */
    private static final byte[] PREAMBLE = "retry: 500\n\n".getBytes(StandardCharsets.UTF_8);

    private static final Lasting.Times AWAY = new Lasting.Times(Duration.ofSeconds(1), Duration.ofSeconds(15));

    private static final long IDLE = Long.MIN_VALUE;

    private final Supplier<Runs> runs;
    private final Recent<KeyBook> keys;
    private final ServerOptions options;
    private final Map<Thread, Stream> streams = new ConcurrentHashMap<>();
    private final Thread watchdog;
    private volatile boolean closed;
    /** Told once, however long it lasts. Of the watchdog. */
    private boolean troubled;

    /** Of one watcher. */
    private static final class Stream {
        private final Pass pass;
        /** Since when (in nanoTime) its thread has been in one write; {@link #IDLE} while it waits for its run. */
        private volatile long writing = IDLE;

        /** Why it ends before its run does; null if it does not. */
        private volatile @Nullable Refused refusal;

        Stream(Pass pass) {
            this.pass = pass;
        }
    }

    Watchers(Supplier<Runs> runs, Recent<KeyBook> keys, ServerOptions options) {
        this.runs = runs;
        this.keys = keys;
        this.options = options;
        this.watchdog = Thread.ofPlatform().daemon().name("holdfast-watchdog").start(this::guard);
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("GET", "/v1/runs/{id}/stream", this::run, new Access.Watching()).shared(),
                new Router.Route("GET", "/v1/threads/{id}/stream", this::thread).shared());
    }

    int open() {
        return streams.size();
    }

    private Answer run(Call call) {
        return stream(call, runs.get().watch(Namespace.DEFAULT, call.run(), after(call)));
    }

    private Answer thread(Call call) {
        call.demandParameters("queue", "from");
        return stream(call, runs.get().conversations().watch(ThreadsApi.conversation(call), after(call)));
    }

    private static @Nullable String after(Call call) {
        return call.header("Last-Event-ID")
                .filter(id -> !id.isBlank())
                .or(() -> call.query("from"))
                .orElse(null);
    }

    /** @param watch was opened before, so that what is refused is answered as a problem and not as a broken stream */
    private Answer stream(Call call, Watch watch) {
        return new Answer.Streamed(
                "text/event-stream", out -> send(new Lasting(watch, AWAY), call.pass(), out), watch::close);
    }

    /** A stream without an event: whoever takes nothing else comes again in a second, and may find it possible then. */
    static Answer later(Unavailable why) {
        return new Answer.Whole(200, "text/event-stream", ": " + why.code() + "\nretry: 1000\n\n", Map.of());
    }

    private void send(Watch watch, Pass pass, OutputStream out) throws IOException, InterruptedException {
        var stream = new Stream(pass);
        streams.put(Thread.currentThread(), stream);
        try {
            frames(watch, stream, out);
            Refused refusal = stream.refusal;
            if (refusal != null && !watch.ended()) write(stream, out, event(refusal), Flush.NOW);
        } catch (HoldfastException e) {
            // The run was deleted, or nobody has answered for long. The stream just ends: who comes back is told why.
            log.debug("a stream ended: {}", e.getMessage());
        } finally {
            streams.remove(Thread.currentThread());
        }
    }

    private void frames(Watch watch, Stream stream, OutputStream out) throws IOException, InterruptedException {
        write(stream, out, PREAMBLE, Flush.NOW);
        boolean unsent = false;
        while (!closed && !watch.ended()) {
            Optional<Frame> frame;
            try {
                frame = watch.next(unsent ? Duration.ZERO : options.keepAlive());
            } catch (InterruptedException e) {
                if (stream.refusal != null) return;
                throw e;
            }
            // It may have come without a wait that the refusal could interrupt; what is written now must not be
            // interrupted.
            if (stream.refusal != null && !watch.ended()) {
                Thread.interrupted();
                return;
            }
            if (frame.isPresent()) {
                write(stream, out, event(frame.get()), Flush.LATER);
                unsent = true;
            } else if (unsent) {
                write(stream, out, new byte[0], Flush.NOW);
                unsent = false;
            } else if (!watch.ended()) {
                write(stream, out, KEEP_ALIVE, Flush.NOW);
            }
        }
        write(stream, out, new byte[0], Flush.NOW);
    }

    private enum Flush {
        NOW,
        LATER
    }

    private static void write(Stream stream, OutputStream out, byte[] bytes, Flush flush) throws IOException {
        stream.writing = System.nanoTime();
        out.write(bytes);
        if (flush == Flush.NOW) out.flush();
        stream.writing = IDLE;
    }

    /** Without an id, so that whoever comes back with another key goes on where he was. */
    private static byte[] event(Refused why) {
        String json = Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("code", why.code());
            out.writeStringProperty("detail", String.valueOf(why.getMessage()));
            out.writeEndObject();
        });
        return ("event: refused\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] event(Frame frame) {
        String json = Json.text(out -> {
            out.writeStartObject();
            out.writeNumberProperty("epoch", frame.epoch());
            out.writeName("step");
            if (frame.step() == null) out.writeNull();
            else out.writeString(frame.step());
            out.writeName("data");
            out.writeRawValue(frame.data());
            out.writeEndObject();
        });
        // A line end would end the field. It can only stand between tokens, so a blank is as good.
        String line = json.replace('\n', ' ').replace('\r', ' ');
        String text = "event: " + frame.event() + "\nid: " + frame.id() + "\ndata: " + line + "\n\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void guard() {
        try {
            while (!closed) {
                Thread.sleep(LOOK);
                look();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Whatever is wrong now may be right in a second, and nobody else looks after the streams. */
    private void look() throws InterruptedException {
        try {
            cutOff();
            if (!streams.isEmpty()) refuse();
            troubled = false;
        } catch (RuntimeException e) {
            if (!troubled) log.error("streams could not be looked after, trying again every {}", LOOK, e);
            troubled = true;
        }
    }

    private void cutOff() {
        long patience = options.patience().toNanos();
        streams.forEach((thread, stream) -> {
            long since = stream.writing;
            if (since != IDLE && System.nanoTime() - since > patience) thread.interrupt();
        });
    }

    private void refuse() throws InterruptedException {
        KeyBook book = book().orElse(null);
        if (book == null) return;
        Instant now = Instant.now();
        streams.forEach((thread, stream) -> {
            Optional<Refused> why = stream.pass.refusal(book, now);
            if (stream.refusal != null || why.isEmpty()) return;
            stream.refusal = why.get();
            thread.interrupt();
        });
    }

    /** Those known last while nobody can tell which keys hold: then streams go on, as far as their links allow. */
    private Optional<KeyBook> book() throws InterruptedException {
        try {
            return Optional.of(keys.within(Duration.ZERO, LOOK));
        } catch (Unavailable e) {
            log.debug("nobody can tell which keys hold, and streams go on: {}", e.getMessage());
            return keys.known();
        }
    }

    @Override
    public void close() {
        closed = true;
        watchdog.interrupt();
        streams.keySet().forEach(Thread::interrupt);
    }
}
