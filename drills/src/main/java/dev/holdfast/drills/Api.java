package dev.holdfast.drills;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP API of a server, bare: one call, one answer, nothing repeated.
 *
 * @param url of the server, without a path
 * @param key API key that is sent; null for none
 */
public record Api(URI url, @Nullable String key) {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 30_000;

    /** Of a server that wants no key. */
    public Api(URI url) {
        this(url, null);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Api[" + url + "]";
    }

    /**
     * What came back.
     *
     * @param status of HTTP
     * @param type of the content, empty if there is none
     * @param body text
     */
    public record Answer(int status, String type, String body) {
        public boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        /** Whether the same request may be granted later: the server is starting, stopping, or in trouble. */
        public boolean isForLater() {
            return status >= 500 || status == 429;
        }
    }

    /**
     * @throws IOException if there was no whole answer; what was asked may have happened nevertheless
     */
    public Answer get(String path) throws IOException {
        return call("GET", path, null, Map.of());
    }

    /**
     * @param body JSON, or empty for none
     * @throws IOException if there was no whole answer; what was asked may have happened nevertheless
     */
    public Answer post(String path, String body, Map<String, String> headers) throws IOException {
        return call("POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /**
     * @throws IOException if there was no whole answer; what was asked may have happened nevertheless
     */
    public Answer delete(String path) throws IOException {
        return call("DELETE", path, null, Map.of());
    }

    /** One call with any method. */
    public Answer call(String method, String path, byte @Nullable [] body, Map<String, String> headers)
            throws IOException {
        HttpURLConnection connection = open(path, READ_MILLIS);
        connection.setRequestMethod(method);
        headers.forEach(connection::setRequestProperty);
        if (body != null) {
            if (!headers.containsKey("Content-Type")) {
                connection.setRequestProperty("Content-Type", "application/json");
            }
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
        }
        int status = connection.getResponseCode();
        String type = connection.getContentType();
        try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(status, type == null ? "" : type, text);
        }
    }

    /** A connection that is not connected yet. */
    HttpURLConnection open(String path, int readMillis) throws IOException {
        var connection = (HttpURLConnection) URI.create(url + path).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(readMillis);
        if (key != null) connection.setRequestProperty("Authorization", "Bearer " + key);
        return connection;
    }
}
