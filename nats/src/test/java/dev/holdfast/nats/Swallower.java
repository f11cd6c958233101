package dev.holdfast.nats;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between a client and its server, can swallow what the server says, and do something before it is asked. */
final class Swallower implements AutoCloseable {
    private final ServerSocket door;
    private final int to;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicLong swallowed = new AtomicLong();
    private final AtomicLong told = new AtomicLong();
    private volatile boolean swallows;
    private volatile String word = "";
    private volatile Runnable first = () -> {};

    Swallower(int to) {
        this.to = to;
        try {
            this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "nats://127.0.0.1:" + door.getLocalPort();
    }

    /** From now on the client hears nothing. */
    void swallow() {
        swallows = true;
    }

    /** When the client says this for the first time from now on, something is done before the server hears it. */
    void before(String said, Runnable that) {
        first = that;
        word = said;
    }

    private void hear(String said) {
        if (word.isEmpty() || !said.contains(word)) return;
        word = "";
        first.run();
    }

    /** How many bytes it was told. */
    long told() {
        return told.get();
    }

    /** How much it was not told. */
    long swallowed() {
        return swallowed.get();
    }

    /** Its connections break, and the next ones are as they should be. */
    void heal() {
        swallows = false;
        open.forEach(Swallower::end);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                open.add(client);
                Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
                open.add(server);
                Thread.ofVirtual().start(() -> pump(client, server, false));
                Thread.ofVirtual().start(() -> pump(server, client, true));
            } catch (IOException e) {
                // It is closed, or the server is away.
            }
        }
    }

    private void pump(Socket from, Socket into, boolean toClient) {
        byte[] buffer = new byte[64_000];
        try (InputStream in = from.getInputStream();
                OutputStream out = into.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (toClient && swallows) {
                    swallowed.addAndGet(n);
                    continue;
                }
                if (toClient) told.addAndGet(n);
                else hear(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // One of them is gone.
        } finally {
            end(from);
            end(into);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone.
        }
    }

    @Override
    public void close() {
        end(door);
        open.forEach(Swallower::end);
    }

    private static void end(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
