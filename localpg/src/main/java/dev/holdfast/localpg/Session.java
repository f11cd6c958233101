package dev.holdfast.localpg;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection that knows of PostgreSQL's protocol just enough to make databases and backups: trusted, unencrypted, one
 * statement at a time as text. It spares everybody who needs a server a driver on the class path.
 */
final class Session implements AutoCloseable {
    private static final int PROTOCOL = 3 << 16;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private Session(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    static Session open(int port, String database) {
        try {
            var socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) LIMIT.toMillis());
                socket.setSoTimeout((int) LIMIT.toMillis());
                var session = new Session(socket);
                session.greet(database);
                return session;
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no session with PostgreSQL on port " + port + " for " + database + ": " + e.getMessage(), e);
        }
    }

    private void greet(String database) throws IOException {
        var body = new ByteArrayOutputStream();
        var data = new DataOutputStream(body);
        data.writeInt(PROTOCOL);
        for (String word : List.of("user", LocalPostgres.USER, "database", database, "client_encoding", "UTF8")) {
            data.write(word.getBytes(StandardCharsets.UTF_8));
            data.writeByte(0);
        }
        data.writeByte(0);
        out.writeInt(body.size() + 4);
        body.writeTo(out);
        answer("the connection");
    }

    /** The rows of the answer, their values as text. */
    List<List<@Nullable String>> query(String sql) {
        try {
            byte[] text = sql.getBytes(StandardCharsets.UTF_8);
            var message = ByteBuffer.allocate(text.length + 6);
            message.put((byte) 'Q').putInt(text.length + 5).put(text).put((byte) 0);
            out.write(message.array());
            return answer(sql);
        } catch (IOException e) {
            throw new UncheckedIOException("lost PostgreSQL during “" + sql + "”: " + e.getMessage(), e);
        }
    }

    private List<List<@Nullable String>> answer(String question) throws IOException {
        var rows = new ArrayList<List<@Nullable String>>();
        String refusal = null;
        while (true) {
            int kind = in.read();
            if (kind < 0) throw new EOFException(refusal == null ? "it closed the connection" : refusal);
            byte[] body = in.readNBytes(in.readInt() - 4);
            switch (kind) {
                case 'D' -> rows.add(row(ByteBuffer.wrap(body)));
                case 'E' -> refusal = refusal(body);
                case 'R' -> {
                    int asked = ByteBuffer.wrap(body).getInt();
                    if (asked != 0) throw new IOException("it wants authentication of kind " + asked);
                }
                case 'Z' -> {
                    if (refusal == null) return rows;
                    throw new IllegalStateException("PostgreSQL refused “" + question + "”: " + refusal);
                }
                default -> {
                    // Notices, parameters, descriptions: nothing that is needed here.
                }
            }
        }
    }

    private static List<@Nullable String> row(ByteBuffer body) {
        int columns = body.getShort();
        var row = new ArrayList<@Nullable String>(columns);
        for (int i = 0; i < columns; i++) {
            int length = body.getInt();
            if (length < 0) {
                row.add(null);
                continue;
            }
            byte[] value = new byte[length];
            body.get(value);
            row.add(new String(value, StandardCharsets.UTF_8));
        }
        return row;
    }

    /** The fields of an error begin with a letter each: C is its code, M its message. */
    private static String refusal(byte[] body) {
        String code = "?";
        String message = "?";
        for (String field : new String(body, StandardCharsets.UTF_8).split("\0", -1)) {
            if (field.startsWith("C")) code = field.substring(1);
            if (field.startsWith("M")) message = field.substring(1);
        }
        return message + " (" + code + ")";
    }

    @Override
    public void close() {
        try (socket) {
            out.writeByte('X');
            out.writeInt(4);
        } catch (IOException e) {
            // It was gone already.
        }
    }
}
