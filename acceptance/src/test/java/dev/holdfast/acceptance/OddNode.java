package dev.holdfast.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node as none should be: says nothing, or something else than it should. Pages of any origin may ask it. */
final class OddNode implements AutoCloseable {
    private static final String HEAD = String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Content-Type: text/event-stream",
            "Access-Control-Allow-Origin: *",
            "Connection: close",
            "",
            "");

    /** What becomes of a connection when all was said. */
    enum After {
        CLOSE,
        HOLD
    }

    /** @param at in nanoTime */
    record Asked(String line, long at) {}

    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final List<String> answers;
    private final After after;

    private OddNode(List<String> answers, After after) throws IOException {
        this.answers = answers;
        this.after = after;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("odd-node").start(this::run);
    }

    /** Takes requests, and says nothing. */
    static OddNode silent() throws IOException {
        return new OddNode(List.of(""), After.HOLD);
    }

    /** Begins a stream, and says nothing more, as what a machine that slept is connected to. */
    static OddNode stuck() throws IOException {
        return new OddNode(List.of(HEAD + ":\n\n"), After.HOLD);
    }

    /** Answers with these streams, one after the other and then with the last one again and again, each of which ends. */
    static OddNode telling(String... streams) throws IOException {
        var answers = new ArrayList<String>();
        for (String stream : streams) answers.add(HEAD + stream);
        return new OddNode(answers, After.CLOSE);
    }

    /** An event of a stream. */
    static String event(String name, String id, String data) {
        return "event: " + name + "\nid: " + id + "\ndata: " + data + "\n\n";
    }

    /** A chunk of the first step. */
    static String chunk(String id, String text) {
        return event("chunk", id, "{\"epoch\":1,\"step\":\"1/1\",\"data\":\"" + text + "\"}");
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** The first lines of the requests, in their order. */
    List<Asked> asked() {
        return asked;
    }

    private void run() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("odd-node-" + sockets.size()).start(() -> answer(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** A browser may open connections by which it asks nothing. */
    private void answer(Socket socket) {
        try {
            String line = head(socket.getInputStream());
            if (line.isEmpty()) return;
            long now = System.nanoTime();
            int number = asked.size();
            asked.add(new Asked(line, now));
            String answer = answers.get(Math.min(number, answers.size() - 1));
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            if (after == After.CLOSE) socket.close();
        } catch (IOException e) {
            // Who asked has left.
        }
    }

    /** The first line; empty if the connection ends before its head does. */
    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) return "";
            head.append((char) next);
        }
        return head.substring(0, head.indexOf("\r\n"));
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : sockets) each.close();
    }
}
