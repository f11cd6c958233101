package dev.holdfast.bench;

import dev.holdfast.core.RunId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Many watchers on one thread, with sockets that do not block: what they cost must not be what is measured. Each chunk has
 * the time at which it was sent, on a clock that all processes of a machine share.
 */
final class Audience implements AutoCloseable {
    private static final int BUFFER = 256 * 1024;

    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final Samples latencies = new Samples();
    private long from = Long.MIN_VALUE;
    private long chunks;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private int open;

    Audience() throws IOException {
        selector = Selector.open();
    }

    /** One more watcher. */
    void watch(URI node, RunId run) throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        String request = "GET /v1/runs/" + run + "/stream HTTP/1.1\r\nHost: " + node.getAuthority() + "\r\n\r\n";
        channel.write(StandardCharsets.US_ASCII.encode(request));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Hearer(this::heard));
        open++;
    }

    private void heard(long sent) {
        long now = System.nanoTime();
        chunks++;
        first = Math.min(first, sent);
        last = now;
        if (sent >= from) latencies.add(now - sent);
    }

    /** Listens for so long; what is sent from now on counts. */
    void listen(Duration time) throws IOException {
        from = System.nanoTime();
        listen(from + time.toNanos());
    }

    /** Listens without counting. */
    void settle(Duration time) throws IOException {
        from = Long.MAX_VALUE;
        listen(System.nanoTime() + time.toNanos());
    }

    /** Listens until all streams have ended. */
    void listenToTheEnd(Duration limit) throws IOException {
        from = Long.MIN_VALUE;
        listen(System.nanoTime() + limit.toNanos());
        if (open > 0)
            throw new IllegalStateException(open + " streams have not ended after " + limit.toSeconds() + " s");
    }

    private void listen(long until) throws IOException {
        while (open > 0) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) return;
            selector.select(key -> read(key), left);
        }
    }

    private void read(SelectionKey key) {
        var channel = (SocketChannel) key.channel();
        var hearer = (Hearer) key.attachment();
        try {
            buffer.clear();
            int count = channel.read(buffer);
            buffer.flip();
            hearer.take(buffer);
            if (count >= 0 && !hearer.isOver()) return;
            if (!hearer.isOver()) throw new IllegalStateException("a stream was cut off");
            channel.close();
            open--;
        } catch (IOException e) {
            throw new IllegalStateException("a stream broke", e);
        }
    }

    Samples latencies() {
        return latencies;
    }

    /** Chunks that reached all watchers together, per second from the first that was sent to the last that came. */
    double perSecond() {
        return chunks / ((last - first) / 1e9);
    }

    long chunks() {
        return chunks;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) key.channel().close();
        selector.close();
    }
}
