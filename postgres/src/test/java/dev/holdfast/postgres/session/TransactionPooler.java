package dev.holdfast.postgres.session;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The smallest pooler in transaction mode: a client that begins something is given a backend until its transaction is over.
 * Clients may authenticate by trust only, and all are the same user.
 */
final class TransactionPooler implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    /** Which of the backends that are free a client is given. */
    enum Choice {
        LAST_FREED,
        LONGEST_FREE,
        /** His own, if it is free: he notices nothing as long as there is little to do. */
        SAME_AS_BEFORE
    }

    private final int serverPort;
    private final Choice choice;
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Deque<Backend> free = new ArrayDeque<>();

    private record Backend(DataInputStream in, DataOutputStream out) {}

    TransactionPooler(int serverPort, Choice choice) throws IOException {
        this.serverPort = serverPort;
        this.choice = choice;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed.
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            var out = new DataOutputStream(socket.getOutputStream());
            byte[] startup = startup(in, out);
            // Its own session is made as usual, and is everybody's from then on.
            var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            var made = new Backend(
                    new DataInputStream(server.getInputStream()), new DataOutputStream(server.getOutputStream()));
            made.out.writeInt(startup.length + 4);
            made.out.write(startup);
            answers(made, out);
            give(made);
            while (true) {
                int type = in.read();
                if (type < 0 || type == 'X') return;
                Backend backend = take(made);
                try {
                    boolean idle = false;
                    while (!idle) {
                        // Up to what the server answers with ReadyForQuery: a simple query, or a sync.
                        while (!relay(type, in, backend.out)) type = in.read();
                        idle = answers(backend, out);
                        if (!idle) type = in.read();
                    }
                } finally {
                    give(backend);
                }
            }
        } catch (IOException e) {
            // A client has gone.
            return;
        }
    }

    private static byte[] startup(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            byte[] body = body(in);
            int code = ((body[0] & 0xff) << 24) | ((body[1] & 0xff) << 16) | ((body[2] & 0xff) << 8) | (body[3] & 0xff);
            if (code != SSL_REQUEST && code != GSS_REQUEST) return body;
            out.write('N');
        }
    }

    /** Whether it was the end of what the client asks for. */
    private static boolean relay(int type, DataInputStream in, DataOutputStream out) throws IOException {
        byte[] body = body(in);
        out.write(type);
        out.writeInt(body.length + 4);
        out.write(body);
        return type == 'Q' || type == 'S';
    }

    /** Up to the server being ready; whether no transaction is open. */
    private static boolean answers(Backend backend, DataOutputStream out) throws IOException {
        while (true) {
            int type = backend.in.read();
            byte[] body = body(backend.in);
            out.write(type);
            out.writeInt(body.length + 4);
            out.write(body);
            if (type == 'Z') return body[0] == 'I';
        }
    }

    private static byte[] body(InputStream in) throws IOException {
        var data = new DataInputStream(in);
        return data.readNBytes(data.readInt() - 4);
    }

    private synchronized void give(Backend backend) {
        free.push(backend);
    }

    private synchronized Backend take(Backend before) {
        return switch (choice) {
            case LAST_FREED -> free.pop();
            case LONGEST_FREE -> free.removeLast();
            case SAME_AS_BEFORE -> free.remove(before) ? before : free.pop();
        };
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
