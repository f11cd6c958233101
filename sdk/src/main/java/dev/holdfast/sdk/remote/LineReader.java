package dev.holdfast.sdk.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Lines of a connection, for somebody who does not wait for them for ever. A thread of its own reads them, some ahead; one
 * who takes none of them for long is not read for, and so the sender waits.
 */
final class LineReader implements AutoCloseable {
    private static final int AHEAD = 256;

    private final InputStream from;
    private final BlockingQueue<Optional<String>> lines = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;

    LineReader(InputStream from) {
        this.from = from;
        this.thread = Thread.ofVirtual().name("holdfast-lines").start(this::read);
    }

    private void read() {
        try {
            readAll();
            lines.put(Optional.empty());
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void readAll() throws InterruptedException {
        try (var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.put(Optional.of(line));
            }
        } catch (IOException e) {
            // As an end: whoever asks goes on elsewhere.
        }
    }

    /** Empty if none comes for so long, or any more. */
    Optional<String> next(Duration patience) throws InterruptedException {
        Optional<String> line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        return line == null ? Optional.empty() : line;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            from.close();
        } catch (IOException e) {
            // It was no use any more.
        }
        // Whoever waits for a line waits for none that could fill the queue.
        lines.offer(Optional.empty());
    }
}
