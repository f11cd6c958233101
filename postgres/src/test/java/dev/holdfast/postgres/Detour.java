package dev.holdfast.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An address behind which another server may be put. */
final class Detour implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> all = new CopyOnWriteArrayList<>();
    private volatile int server;

    Detour(int server) throws IOException {
        this.server = server;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
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
                var inner = new Socket(InetAddress.getLoopbackAddress(), server);
                all.addAll(List.of(client, inner));
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
