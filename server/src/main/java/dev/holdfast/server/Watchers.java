package dev.holdfast.server;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.Watch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of runs as Server-Sent Events, each on its request's own virtual thread.
 *
 * <p>A watcher that takes nothing for longer than the patience of the options is cut off by an interrupt, which closes
 * its connection at once; so are all of them when the server closes. Each can come back with the id of the last event
 * that it received. A dead connection is noticed at the latest by the next keep-alive.
 */
final class Watchers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watchers.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** A comment: ignored by every client. */
    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.UTF_8);
    /** How soon a browser reconnects. */
    private static final byte[] PREAMBLE = "retry: 500\n\n".getBytes(StandardCharsets.UTF_8);

    private final Supplier<Runs> runs;
    private final ServerOptions options;
    /** Since when (in nanoTime) a thread has been in one write; {@link #IDLE} while it waits for its run. */
    private final Map<Thread, Long> writing = new ConcurrentHashMap<>();

    private static final long IDLE = Long.MIN_VALUE;
    private final Thread watchdog;
    private volatile boolean closed;

    Watchers(Supplier<Runs> runs, ServerOptions options) {
        this.runs = runs;
        this.options = options;
        this.watchdog = Thread.ofPlatform().daemon().name("holdfast-watchdog").start(this::guard);
    }

    List<Router.Route> routes() {
        return List.of(new Router.Route("GET", "/v1/runs/{id}/stream", this::stream));
    }

    int open() {
        return writing.size();
    }

    private Answer stream(Call call) {
        String after = call.header("Last-Event-ID")
                .filter(id -> !id.isBlank())
                .or(() -> call.query("from"))
                .orElse(null);
        // Opened here, so that what is refused is answered as a problem and not as a broken stream.
        Watch watch = runs.get().watch(Namespace.DEFAULT, call.run(), after);
        return new Answer.Streamed("text/event-stream", out -> send(watch, out), watch::close);
    }

    private void send(Watch watch, OutputStream out) throws IOException, InterruptedException {
        Thread self = Thread.currentThread();
        writing.put(self, IDLE);
        try {
            write(out, PREAMBLE, Flush.NOW);
            boolean unsent = false;
            while (!closed && !watch.ended()) {
                Optional<Frame> frame = watch.next(unsent ? Duration.ZERO : options.keepAlive());
                if (frame.isPresent()) {
                    write(out, event(frame.get()), Flush.LATER);
                    unsent = true;
                } else if (unsent) {
                    write(out, new byte[0], Flush.NOW);
                    unsent = false;
                } else if (!watch.ended()) {
                    write(out, KEEP_ALIVE, Flush.NOW);
                }
            }
            write(out, new byte[0], Flush.NOW);
        } catch (HoldfastException e) {
            // The run was deleted, or the ledger is away. The stream just ends: who comes back is told why.
            log.debug("a stream ended: {}", e.getMessage());
        } finally {
            writing.remove(self);
        }
    }

    private enum Flush {
        NOW,
        LATER
    }

    private void write(OutputStream out, byte[] bytes, Flush flush) throws IOException {
        Thread self = Thread.currentThread();
        writing.put(self, System.nanoTime());
        out.write(bytes);
        if (flush == Flush.NOW) out.flush();
        writing.put(self, IDLE);
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
                long patience = options.patience().toNanos();
                writing.forEach((thread, since) -> {
                    if (since != IDLE && System.nanoTime() - since > patience) thread.interrupt();
                });
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        closed = true;
        watchdog.interrupt();
        writing.keySet().forEach(Thread::interrupt);
    }
}
