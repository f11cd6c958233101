package dev.holdfast.examples.chat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** An endpoint that gives every request the same answer: for what other people's endpoints say. */
final class Canned implements AutoCloseable {
    private final HttpServer server;
    private final int status;
    private final String body;
    private volatile Headers asked = new Headers();
    private volatile String question = "";

    Canned(int status, String body) throws IOException {
        this.status = status;
        this.body = body;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked = exchange.getRequestHeaders();
        question = exchange.getRequestURI() + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** The headers of the last request. */
    Headers asked() {
        return asked;
    }

    /** Path and body of the last request. */
    String question() {
        return question;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
