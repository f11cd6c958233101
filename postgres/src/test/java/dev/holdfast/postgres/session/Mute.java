package dev.holdfast.postgres.session;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Something that takes connections and is no server: it reads the first eight bytes, says this, and then nothing. */
final class Mute implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String says;
    private final End end;

    /** What it does then. */
    enum End {
        CLOSES,
        HANGS
    }

    private Mute(String says, End end) throws IOException {
        this.says = says;
        this.end = end;
    }

    static Mute that(String says, End end) throws IOException {
        var mute = new Mute(says, end);
        Thread.ofPlatform().daemon().start(mute::accept);
        return mute;
    }

    int port() {
        return door.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                client.getInputStream().readNBytes(8);
                client.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
                if (end == End.CLOSES) client.close();
            }
        } catch (IOException e) {
            // Closed.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
