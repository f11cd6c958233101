package dev.holdfast.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client for one server; every JSON answer is held against the server's own description. */
final class Http implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final URI base;
    private final HttpClient client;
    private final OpenApi description;

    Http(URI base) {
        this(base, HttpClient.newHttpClient());
    }

    Http(URI base, HttpClient client) {
        this.base = base;
        this.client = client;
        this.description = new OpenApi(MAPPER.readTree(Resources.read("openapi.json")));
    }

    record Response(int status, String body, HttpResponse<String> raw) {
        JsonNode json() {
            return MAPPER.readTree(body);
        }

        String code() {
            return json().path("code").asString("");
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    Response get(String path) throws IOException, InterruptedException {
        return send("GET", path, "", Map.of());
    }

    Response post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body, Map.of("Content-Type", "application/json"));
    }

    Response send(String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        var raw = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        var response = new Response(raw.statusCode(), raw.body(), raw);
        List<String> misfits = description.misfits(method, path, raw);
        if (!misfits.isEmpty()) {
            throw new AssertionError(method + " " + path + " -> " + raw.statusCode() + " does not fit /openapi.json: "
                    + misfits + "\n" + raw.body());
        }
        return response;
    }

    @Override
    public void close() {
        client.close();
    }
}
