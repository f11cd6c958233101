package dev.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A server, asked over HTTP. The JDK's older client is used on purpose: it starts in half of the time of the newer one.
 *
 * <p>What may be asked again is asked again: a 503, a connection that was reset, and for {@link Patience#LONG} also a
 * server that is not there. Mutations carry a request id, so that a repetition changes nothing twice.
 */
final class Api {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 30_000;

    private final URI base;
    private final Caller caller;
    private final Waiting waiting;

    Api(URI base, Caller caller, Waiting waiting) {
        this.base = base;
        this.caller = caller;
        this.waiting = waiting;
    }

    static URI url(String text) {
        try {
            URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            // What stands behind the port would be swallowed by the paths that are put there.
            boolean bare = "".equals(uri.getRawPath()) && uri.getRawQuery() == null && uri.getRawFragment() == null;
            boolean server = uri.getHost() != null && uri.getRawUserInfo() == null && uri.getPort() <= 65_535;
            boolean speaks = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (speaks && bare && server) return uri;
        } catch (URISyntaxException e) {
            // Told below.
        }
        throw Failure.usage(
                "url_invalid",
                "'" + text + "' is not the URL of a server: they look like http://127.0.0.1:7007, without a path");
    }

    /** How long to try. */
    enum Patience {
        /** A server that is not there is told at once. */
        SHORT(Duration.ofSeconds(5)),
        /** A server may be restarting. */
        LONG(Duration.ofSeconds(10));

        private final Duration limit;

        Patience(Duration limit) {
            this.limit = limit;
        }
    }

    /**
     * @param method GET, POST, PATCH, DELETE
     * @param path with its query
     * @param body JSON, null for none
     * @param requestId null for a read
     */
    record Request(
            String method,
            String path,
            @Nullable String body,
            @Nullable String requestId) {
        static Request get(String path) {
            return new Request("GET", path, null, null);
        }
    }

    record Response(int status, String body) {}

    URI base() {
        return base;
    }

    static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    String get(String path) {
        return send(Request.get(path), Patience.SHORT).body();
    }

    /** @throws Failure with the code of the problem, or that the server is not reachable */
    Response send(Request request, Patience patience) {
        var wait = waiting.begin(patience.limit);
        while (true) {
            Failure failure;
            try {
                Response response = once(request);
                if (response.status() < 400) return response;
                failure = problem(response);
                if (response.status() != 503) throw failure;
            } catch (ConnectException e) {
                failure = notThere(e);
                if (patience == Patience.SHORT) throw failure;
            } catch (SSLException e) {
                throw distrusted();
            } catch (IOException e) {
                failure = notThere(e);
            }
            if (!wait.again(base.toString())) throw failure;
        }
    }

    private Response once(Request request) throws IOException {
        if (request.method().equals("PATCH")) return patch(request);
        HttpURLConnection connection = open(request.path(), READ_MILLIS);
        connection.setRequestMethod(request.method());
        if (request.requestId() != null) connection.setRequestProperty("Idempotency-Key", request.requestId());
        if (request.body() != null) {
            byte[] bytes = request.body().getBytes(StandardCharsets.UTF_8);
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            // Not streamed: of a body that was, this client does not show the answer if that is 401.
            try (OutputStream out = connection.getOutputStream()) {
                out.write(bytes);
            }
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] body = in == null ? new byte[0] : in.readAllBytes();
            return new Response(status, new String(body, StandardCharsets.UTF_8));
        }
    }

    /** The older client knows no PATCH; so the few commands that need it start later. */
    private Response patch(Request request) throws IOException {
        String body = request.body() == null ? "" : request.body();
        var patch = HttpRequest.newBuilder(URI.create(base + request.path()))
                .timeout(Duration.ofMillis(READ_MILLIS))
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body));
        caller.introduce(patch);
        if (request.requestId() != null) patch.header("Idempotency-Key", request.requestId());
        try (var client = caller.client()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(CONNECT_MILLIS))
                .build()) {
            var answer = client.send(patch.build(), HttpResponse.BodyHandlers.ofString());
            return new Response(answer.statusCode(), answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private HttpURLConnection open(String path, int readMillis) throws IOException {
        var connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(readMillis);
        connection.setUseCaches(false);
        caller.introduce(connection);
        return connection;
    }

    /** What {@code /readyz} says, and when it is there. */
    record Answer(int status, String body, Instant date) {}

    /** @throws IOException if nobody answers */
    Answer ready() throws IOException {
        HttpURLConnection connection = open("/readyz", CONNECT_MILLIS);
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] body = in == null ? new byte[0] : in.readAllBytes();
            Instant date = Instant.ofEpochMilli(connection.getHeaderFieldDate("Date", 0));
            return new Answer(status, new String(body, StandardCharsets.UTF_8), date);
        }
    }

    /**
     * Opens a stream; once, without patience.
     *
     * @throws IOException if the server is not there, or cannot serve now
     * @throws Failure if it refuses
     */
    InputStream stream(String path, Map<String, String> headers, Duration silence) throws IOException {
        HttpURLConnection connection = open(path, (int) silence.toMillis());
        headers.forEach(connection::setRequestProperty);
        int status = connection.getResponseCode();
        if (status == 200) return connection.getInputStream();
        try (InputStream in = connection.getErrorStream()) {
            byte[] body = in == null ? new byte[0] : in.readAllBytes();
            Failure problem = problem(new Response(status, new String(body, StandardCharsets.UTF_8)));
            if (status == 503) throw new IOException(problem.line());
            throw problem;
        }
    }

    private Failure problem(Response response) {
        Json problem;
        try {
            problem = Json.parse(response.body());
        } catch (IllegalArgumentException e) {
            problem = new Json(null);
        }
        String code = problem.at("code").text();
        if (code.isEmpty()) {
            return Failure.unreachable(
                    "not_holdfast",
                    base + " answered " + response.status() + ", which is no answer of Holdfast: check the URL");
        }
        String detail = problem.at("detail").text();
        return response.status() >= 500 ? Failure.unreachable(code, detail) : Failure.refused(code, detail);
    }

    private Failure distrusted() {
        return Failure.unreachable(
                "tls_failed",
                base
                        + " shows a certificate that nobody who is trusted vouches for, or speaks no TLS: name the certificate,"
                        + " or who vouches for it, by HOLDFAST_CA, and check the URL");
    }

    Failure notThere(IOException why) {
        return Failure.unreachable(
                "server_unreachable",
                "no answer from " + base + " (" + why.getMessage()
                        + "): start one with 'holdfast dev', or name another one by --url or HOLDFAST_URL");
    }
}
