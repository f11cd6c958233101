package dev.holdfast.server;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Unavailable;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between Helidon and the handlers: finds the handler, guards the door, turns whatever is thrown into a problem. */
final class Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Router router;
    private final Requests requests;
    private final Arrivals arrivals;
    private final Guard guard;
    private final Sharing sharing;

    Dispatcher(Router router, Sharing sharing, Requests requests, Arrivals arrivals, Guard guard) {
        this.router = router;
        this.sharing = sharing;
        this.requests = requests;
        this.arrivals = arrivals;
        this.guard = guard;
    }

    void handle(ServerRequest request, ServerResponse response) {
        String method = request.prologue().method().text();
        String path = request.path().rawPath();
        String route = "other";
        boolean last = request.headers().contains(HeaderValues.CONNECTION_CLOSE);
        Answer answer;
        try {
            if (!request.content().hasEntity()) arrivals.over();
            Framing.check(request.headers());
            guard.checkName(request);
            if (Sharing.isPreflight(request, method)) {
                answer = sharing.preflight(request, path);
            } else {
                Router.Match match = router.match(method, path);
                route = match.route().path();
                sharing.share(match.route(), request, response);
                answer = answer(match, request);
            }
        } catch (HoldfastException e) {
            answer = Problem.of(e).answer(path);
        } catch (Router.MethodNotAllowed e) {
            answer = Problem.of("method_not_allowed", e.detail()).answer(path).with("Allow", e.allow());
        } catch (InterruptedException e) {
            answer = Problem.of("closing", "this process is shutting down; ask again")
                    .answer(path);
        } catch (Framing.MalformedException e) {
            last = true;
            answer = Problem.of("request_malformed", String.valueOf(e.getMessage()))
                    .answer(path)
                    .with("Connection", "close");
        } catch (UncheckedIOException | ServerConnectionException e) {
            // Nobody is there any more, or nothing has come for too long.
            throw new CloseConnectionException("a request was not sent to its end", e);
        } catch (Exception e) {
            answer = internal(method, path, e);
        } finally {
            arrivals.over();
        }
        requests.count(method, route, answer instanceof Answer.Whole whole ? whole.status() : 200);
        try {
            if (method.equals("HEAD")) sendHead(answer, response);
            else send(answer, response);
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("nobody is there to take the answer", e);
        }
        // Helidon says so in the answer, and then waits for another request all the same.
        if (last) throw new CloseConnectionException("this was the last request of its connection");
    }

    private Answer answer(Router.Match match, ServerRequest request) throws Exception {
        guard.checkOrigin(request, match.route());
        try {
            Pass pass = guard.demand(match, request);
            return match.route().handler().handle(new HelidonCall(request, match.variables(), pass, arrivals::over));
        } catch (Unavailable e) {
            if (!takesOnlyEvents(match, request)) throw e;
            return Watchers.later(e);
        }
    }

    /** As an EventSource, which gives up for good when it is answered anything else. */
    private static boolean takesOnlyEvents(Router.Match match, ServerRequest request) {
        return match.route().method().equals("GET")
                && request.headers()
                        .first(HeaderNames.ACCEPT)
                        .orElse("")
                        .strip()
                        .equals("text/event-stream");
    }

    private static Answer.Whole internal(String method, String path, Exception error) {
        UUID id = UUID.randomUUID();
        log.error("{} {} failed ({})", method, Text.shown(path), id, error);
        return Problem.of("internal", "this is our fault; the log tells more under " + id)
                .answer(path);
    }

    private static void head(String type, ServerResponse response) {
        response.header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        if (!type.isEmpty()) response.header(HeaderNames.CONTENT_TYPE, type);
    }

    private static void head(Answer.Whole whole, ServerResponse response) {
        head(whole.type(), response);
        response.status(Status.create(whole.status()));
        whole.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    }

    private static void sendHead(Answer answer, ServerResponse response) {
        switch (answer) {
            case Answer.Whole whole -> {
                head(whole, response);
                int length = whole.body().getBytes(StandardCharsets.UTF_8).length;
                if (length > 0) response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(length));
            }
            case Answer.Streamed streamed -> {
                streamed.end().run();
                head(streamed.type(), response);
            }
        }
        response.send();
    }

    private static void send(Answer answer, ServerResponse response) {
        switch (answer) {
            case Answer.Whole whole -> {
                head(whole, response);
                if (whole.type().isEmpty()) response.send();
                else response.send(whole.body().getBytes(StandardCharsets.UTF_8));
            }
            case Answer.Streamed streamed -> {
                head(streamed.type(), response);
                stream(streamed, response);
            }
        }
    }

    private static void stream(Answer.Streamed streamed, ServerResponse response) {
        try (OutputStream out = response.outputStream()) {
            streamed.writer().write(out);
        } catch (IOException | UncheckedIOException | InterruptedException e) {
            // The other side is gone or too slow, or this one is closing. Whoever comes back resumes.
            log.debug("a stream was cut: {}", e.toString());
            throw new CloseConnectionException("a stream was cut", e);
        } finally {
            streamed.end().run();
        }
    }

    /** What Helidon refuses before any handler sees it. */
    static DirectHandlers malformed() {
        var handlers = DirectHandlers.builder();
        Arrays.stream(DirectHandler.EventType.values())
                .forEach(type -> handlers.addHandler(type, (request, event, status, headers, message) -> {
                    String detail = message == null || message.isEmpty() ? status.reasonPhrase() : Text.shown(message);
                    var problem = new Problem(status.code(), status.reasonPhrase(), "request_malformed", detail, false);
                    Answer.Whole answer = problem.answer(request.path());
                    return DirectHandler.TransportResponse.builder()
                            .status(status)
                            .headers(headers)
                            .header(HeaderNames.CONTENT_TYPE, answer.type())
                            .header(HeaderValues.CONNECTION_CLOSE)
                            .keepAlive(false)
                            .entity(answer.body())
                            .build();
                }));
        return handlers.build();
    }
}
