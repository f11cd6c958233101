package dev.holdfast.server;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;

/** What is sent back. */
sealed interface Answer {
    /**
     * All at once.
     *
     * @param type media type; empty if there is no body
     * @param headers beside Content-Type
     */
    record Whole(int status, String type, String body, Map<String, String> headers) implements Answer {
        Whole with(String header, String value) {
            var more = new HashMap<>(headers);
            more.put(header, value);
            return new Whole(status, type, body, more);
        }
    }

    /**
     * Bit by bit, until the writer returns.
     *
     * @param end frees what the writer reads from; called once, whether the writer was or not
     */
    record Streamed(String type, Writer writer, Runnable end) implements Answer {}

    /** Writes the body of an answer on the request's own thread. */
    @FunctionalInterface
    interface Writer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    static Whole json(int status, String body) {
        return new Whole(status, "application/json", body, Map.of());
    }

    static Whole text(int status, String text) {
        return new Whole(status, "text/plain; charset=utf-8", text, Map.of());
    }

    static Whole empty(int status) {
        return new Whole(status, "", "", Map.of());
    }
}
