package dev.holdfast.examples.chat;

import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the client library speaks through, for one request. The library's own way is a callback on a thread of its own,
 * which an interrupt of the caller does not reach; this one sends, reads and calls back on the calling thread. So an
 * interrupt ends it at any moment, and the connection is closed when it has left.
 */
final class Wire implements dev.langchain4j.http.client.HttpClient, HttpClientBuilder {
    private static final String LAST_EVENT = "[DONE]";
    private static final int SUCCESS = 2;
    private static final int CLASS = 100;
    private static final int LONGEST_ERROR = 64_000;

    private final HttpClient http;
    private boolean done;

    Wire(HttpClient http) {
        this.http = http;
    }

    /** Whether the endpoint has said that its stream is over; one that breaks off cleanly has not. */
    boolean done() {
        return done;
    }

    @Override
    public void execute(
            dev.langchain4j.http.client.HttpRequest request,
            ServerSentEventParser parser,
            ServerSentEventListener listener) {
        try {
            HttpResponse<InputStream> response = http.send(translate(request), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() / CLASS == SUCCESS) {
                    parser.parse(body, new Watching(listener));
                    listener.onClose();
                } else {
                    String text = new String(body.readNBytes(LONGEST_ERROR), StandardCharsets.UTF_8);
                    listener.onError(new HttpException(response.statusCode(), text));
                }
            }
        } catch (IOException | InterruptedException e) {
            listener.onError(e);
        }
    }

    private static HttpRequest translate(dev.langchain4j.http.client.HttpRequest request) {
        var builder = HttpRequest.newBuilder(URI.create(request.url()))
                .method(request.method().name(), HttpRequest.BodyPublishers.ofString(request.body()));
        request.headers().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        return builder.build();
    }

    @Override
    public SuccessfulHttpResponse execute(dev.langchain4j.http.client.HttpRequest request) {
        throw new UnsupportedOperationException("only streams are asked for here");
    }

    @Override
    public dev.langchain4j.http.client.HttpClient build() {
        return this;
    }

    // Times are limited by the step and by the client below.

    @Override
    public @Nullable Duration connectTimeout() {
        return null;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration timeout) {
        return this;
    }

    @Override
    public @Nullable Duration readTimeout() {
        return null;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration timeout) {
        return this;
    }

    /** Sees the last event go by. */
    private final class Watching implements ServerSentEventListener {
        private final ServerSentEventListener listener;

        Watching(ServerSentEventListener listener) {
            this.listener = listener;
        }

        @Override
        public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
            if (LAST_EVENT.equals(event.data())) done = true;
            listener.onEvent(event, context);
        }

        @Override
        public void onError(Throwable failure) {
            listener.onError(failure);
        }
    }
}
