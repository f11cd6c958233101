package dev.holdfast.postgres.session;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.HostSpec;

/**
 * Where one stands before the server of a session, and can ask whether it lets anybody in without going in: one says who one is,
 * and goes away at the first word. A server that is being stopped or started says so before it asks for a password (see "Start-up"
 * of PostgreSQL's frontend/backend protocol), so any other word says that it is neither. That takes a third of what a session takes.
 *
 * <p>There is none if something stands between, as what answers might be another server, or no server: the session's process and
 * address must be those that the server itself names. Nor where the session is encrypted, as what is said here is not.
 */
public final class Doorstep {
    private static final String WHO = "SELECT pg_backend_pid(), host(inet_server_addr()), inet_server_port(),"
            + " session_user, current_database(),"
            + " coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), true)"
            + " OR coalesce((SELECT encrypted FROM pg_stat_gssapi WHERE pid = pg_backend_pid()), true)";

    private static final int VERSION = 3 << 16;
    private static final int MOST = 10_000;
    private static final String NETWORK = "08006";

    private final InetSocketAddress server;
    private final byte[] greeting;

    private Doorstep(InetSocketAddress server, byte[] greeting) {
        this.server = server;
        this.greeting = greeting;
    }

    /** Of the server of this session, if there is one. */
    public static Optional<Doorstep> of(Connection session) {
        try (var statement = session.createStatement();
                ResultSet row = statement.executeQuery(WHO)) {
            row.next();
            boolean encrypted = row.getBoolean(6);
            boolean itself = row.getInt(1) == session.unwrap(PGConnection.class).getBackendPID();
            String address = row.getString(2);
            if (encrypted || !itself || address == null) return Optional.empty();
            HostSpec asked =
                    session.unwrap(BaseConnection.class).getQueryExecutor().getHostSpec();
            // The one that was asked, as it may say by which interface.
            InetAddress there = Arrays.stream(InetAddress.getAllByName(asked.getHost()))
                    .filter(InetAddress.getByName(address)::equals)
                    .findFirst()
                    .orElse(null);
            if (there == null || asked.getPort() != row.getInt(3)) return Optional.empty();
            byte[] greeting = greeting(row.getString(4), row.getString(5));
            return Optional.of(new Doorstep(new InetSocketAddress(there, asked.getPort()), greeting));
        } catch (SQLException | UnknownHostException e) {
            // Who may not see this goes in.
            return Optional.empty();
        }
    }

    private static byte[] greeting(String user, String database) {
        var words = new ByteArrayOutputStream();
        for (String word : List.of("user", user, "database", database, "")) {
            words.writeBytes(word.getBytes(StandardCharsets.UTF_8));
            words.write(0);
        }
        int length = 2 * Integer.BYTES + words.size();
        return ByteBuffer.allocate(length)
                .putInt(length)
                .putInt(VERSION)
                .put(words.toByteArray())
                .array();
    }

    /**
     * Returns if the server would let somebody in who has the password.
     *
     * @throws SQLException what it says instead, with its code; or of class 08 if it says nothing
     */
    public void knock(Duration patience) throws SQLException {
        int millis = Math.toIntExact(patience.toMillis());
        try (var socket = new Socket()) {
            socket.connect(server, millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(greeting);
            hear(new DataInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new SQLException(server + " does not answer: " + e.getMessage(), NETWORK, e);
        }
    }

    private void hear(DataInputStream in) throws IOException, SQLException {
        int first = in.read();
        if (first == 'R') return;
        if (first != 'E') throw new IOException(first < 0 ? "it hangs up" : "it says something unknown");
        int length = in.readInt() - Integer.BYTES;
        byte[] fields = in.readNBytes(Math.clamp(length, 0, MOST));
        String code = field(fields, 'C');
        if (code.isEmpty()) throw new IOException("it has no code for what is wrong");
        throw new SQLException(server + " says: " + field(fields, 'M'), code);
    }

    /** Each begins with its kind, and ends with a zero. */
    private static String field(byte[] fields, char kind) {
        return Arrays.stream(new String(fields, StandardCharsets.UTF_8).split("\0", -1))
                .filter(each -> !each.isEmpty() && each.charAt(0) == kind)
                .map(each -> each.substring(1))
                .findFirst()
                .orElse("");
    }
}
