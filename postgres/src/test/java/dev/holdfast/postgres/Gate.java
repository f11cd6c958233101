package dev.holdfast.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before a server. It can be shut: then who knocks is kept waiting, and who is in stays in. And another server can be put
 * behind it.
 */
public final class Gate implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger kept = new AtomicInteger();
    private volatile int server;
    private volatile boolean shut;

    public Gate(int server) throws IOException {
        this.server = server;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    public int port() {
        return door.getLocalPort();
    }

    /** How many were kept waiting. */
    public int kept() {
        return kept.get();
    }

    public void shut() {
        shut = true;
    }

    public void open() {
        shut = false;
    }

    /** From now on it leads there; whoever is in is out. */
    void leadTo(int other) throws IOException {
        server = other;
        for (Socket each : all) each.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                all.add(client);
                if (shut) {
                    kept.incrementAndGet();
                    continue;
                }
                var inner = new Socket(InetAddress.getLoopbackAddress(), server);
                all.add(inner);
                pass(client, inner);
                pass(inner, client);
            }
        } catch (IOException e) {
            // Closed.
            return;
        }
    }

    private static void pass(Socket from, Socket to) {
        Thread.ofPlatform().daemon().start(() -> {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // One of them has gone.
                return;
            }
        });
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket each : all) each.close();
    }
}
