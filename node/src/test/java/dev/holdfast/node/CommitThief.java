package dev.holdfast.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a node and its database, and takes the COMMIT of one transaction of user code away, or the answer to it. All
 * other sessions notice nothing.
 */
final class CommitThief implements AutoCloseable {
    /** What becomes of the next commit. */
    enum Way {
        /** It does not arrive; the session breaks. */
        COMMIT_LOST,
        /** It is carried out; the session breaks before that is known. */
        ANSWER_LOST,
        /** It is carried out; the answer does not come, and nothing breaks. */
        ANSWER_HELD
    }

    private final URI database;
    private final ServerSocket server;
    private final AtomicReference<@Nullable Way> next = new AtomicReference<>();
    private final CountDownLatch stolen = new CountDownLatch(1);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    CommitThief(URI database) {
        this.database = database;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** The address of the database, through here. */
    String url() {
        return database.toString().replace(":" + database.getPort() + "/", ":" + server.getLocalPort() + "/");
    }

    void steal(Way way) {
        next.set(way);
    }

    /** It has happened; if it was carried out, it is by now. */
    void awaitStolen() throws InterruptedException {
        if (!stolen.await(30, TimeUnit.SECONDS)) throw new IllegalStateException("nobody has committed");
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                var upstream = new Socket(InetAddress.getLoopbackAddress(), database.getPort());
                sockets.add(client);
                sockets.add(upstream);
                var pair = new Pair(client, upstream);
                Thread.ofVirtual().start(pair::ask);
                Thread.ofVirtual().start(pair::answer);
            }
        } catch (IOException e) {
            close();
        }
    }

    /** One session. */
    private final class Pair {
        private final Socket client;
        private final Socket upstream;
        private boolean lent;
        private volatile @Nullable Way way;

        Pair(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void ask() {
            try (client;
                    upstream) {
                InputStream in = client.getInputStream();
                OutputStream out = upstream.getOutputStream();
                byte[] buffer = new byte[65_536];
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    String text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                    lent |= text.contains("SET LOCAL holdfast.transaction");
                    if (lent && text.contains("COMMIT")) way = next.getAndSet(null);
                    if (way == Way.COMMIT_LOST) {
                        stolen.countDown();
                        return;
                    }
                    out.write(buffer, 0, n);
                }
            } catch (IOException e) {
                // A session ends.
            }
        }

        void answer() {
            try (client;
                    upstream) {
                InputStream in = upstream.getInputStream();
                OutputStream out = client.getOutputStream();
                byte[] buffer = new byte[65_536];
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    if (way == Way.ANSWER_LOST) {
                        stolen.countDown();
                        return;
                    }
                    if (way == Way.ANSWER_HELD) stolen.countDown();
                    else out.write(buffer, 0, n);
                }
            } catch (IOException e) {
                // A session ends.
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket each : sockets) each.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
