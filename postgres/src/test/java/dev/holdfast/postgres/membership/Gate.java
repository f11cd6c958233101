package dev.holdfast.postgres.membership;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server, and can be shut: then who knocks is kept waiting, and who is in stays in. */
final class Gate implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger kept = new AtomicInteger();
    private final int server;
    private volatile boolean shut;

    Gate(int server) throws IOException {
        this.server = server;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** How many were kept waiting. */
    int kept() {
        return kept.get();
    }

    void shut() {
        shut = true;
    }

    void open() {
        shut = false;
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
