package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.node.ApiKey;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Which handler answers. One list of routes: what is served, what is documented and what is counted are the same. */
final class Router {
    /** Answers a call. */
    @FunctionalInterface
    interface Handler {
        Answer handle(Call call) throws Exception;
    }

    /**
     * @param method GET, POST, PUT, PATCH, DELETE
     * @param path a template such as {@code /v1/runs/{id}}
     * @param handler who answers
     * @param access who may ask
     * @param reach which pages may ask by somebody's browser
     */
    record Route(String method, String path, Handler handler, Access access, Reach reach) {
        /** Pages in browsers. */
        enum Reach {
            /** Of this server. */
            OWN,
            /** Those of the origins that are allowed, too. */
            SHARED
        }

        Route(String method, String path, Handler handler, Access access) {
            this(method, path, handler, access, Reach.OWN);
        }

        /** The same, for pages of the origins that are allowed, too. */
        Route shared() {
            return new Route(method, path, handler, access, Reach.SHARED);
        }

        boolean isShared() {
            return reach == Reach.SHARED;
        }

        /** What is asked for is read, POST does something with runs, and the rest is for whoever others depend on. */
        Route(String method, String path, Handler handler) {
            this(
                    method,
                    path,
                    handler,
                    new Access.Key(
                            switch (method) {
                                case "GET" -> ApiKey.Scope.READ;
                                case "POST" -> ApiKey.Scope.WRITE;
                                default -> ApiKey.Scope.ADMIN;
                            }));
        }

        /** To be read by everybody. */
        static Route open(String path, Handler handler) {
            return new Route("GET", path, handler, new Access.Everybody());
        }

        /** Answered from memory, so that it can be read while the database is away. */
        static Route fromMemory(String path, Handler handler) {
            return new Route("GET", path, handler, new Access.KnownKey(ApiKey.Scope.READ));
        }

        /** The values of the variables, empty if the path is another one. */
        Optional<Map<String, String>> match(List<String> segments) {
            List<String> template = split(path);
            if (template.size() != segments.size()) return Optional.empty();
            var values = new HashMap<String, String>();
            for (int i = 0; i < template.size(); i++) {
                String expected = template.get(i);
                if (expected.startsWith("{")) {
                    values.put(expected.substring(1, expected.length() - 1), decode(segments.get(i)));
                } else if (!expected.equals(segments.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(values);
        }
    }

    /** A route and the values of its variables. */
    record Match(Route route, Map<String, String> variables) {}

    private final List<Route> routes;

    Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    List<Route> routes() {
        return routes;
    }

    /**
     * HEAD asks for the head of what GET answers.
     *
     * @throws Refused {@code route_unknown}, or {@link MethodNotAllowed}
     */
    Match match(String method, String path) {
        List<String> segments = split(path);
        var allowed = new TreeSet<String>();
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(segments);
            if (variables.isEmpty()) continue;
            if (route.method().equals(method.equals("HEAD") ? "GET" : method)) return new Match(route, variables.get());
            allowed.add(route.method());
            if (route.method().equals("GET")) allowed.add("HEAD");
        }
        if (allowed.isEmpty()) {
            throw new Refused(
                    "route_unknown",
                    "there is nothing at '" + Text.shown(path) + "'; /openapi.json lists what there is");
        }
        throw new MethodNotAllowed(method, path, String.join(", ", allowed));
    }

    /** The path exists, but not for this method. */
    static final class MethodNotAllowed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String detail;
        private final String allow;

        MethodNotAllowed(String method, String path, String allow) {
            super("method not allowed");
            this.detail = Text.shown(method) + " is not possible on '" + Text.shown(path) + "'; use " + allow;
            this.allow = allow;
        }

        String detail() {
            return detail;
        }

        String allow() {
            return allow;
        }
    }

    private static List<String> split(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    private static String decode(String segment) {
        // A plus sign is itself in a path; the decoder is made for forms. It would also make one character of whatever
        // is not
        // UTF-8, so that two names were one.
        try {
            String bytes = URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new Refused(
                    "request_malformed", "'" + Text.shown(segment) + "' in the path is not percent-encoded UTF-8");
        }
    }
}
