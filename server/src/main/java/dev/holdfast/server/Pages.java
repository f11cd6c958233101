package dev.holdfast.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The live page: the list of runs at {@code /}, a run at {@code /runs/{id}}, queues at {@code /queues}, a queue with
 * its lanes at {@code /queues/{queue}}, schedules at {@code /schedules}, nodes at {@code /nodes}, and conversations at
 * {@code /chat/{thread}}. All are one plain document whose script reads the API and writes text nodes only, so that nothing
 * that a user sent is ever taken for HTML; the policy forbids everything else. And the module that they watch with, {@code
 * /holdfast.js}, which is for others, too.
 */
final class Pages {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String HTML = "page/index.html";
    private static final List<String> DOCUMENTS =
            List.of("/", "/runs/{id}", "/queues", "/queues/{queue}", "/schedules", "/chat", "/chat/{thread}", "/nodes");
    private static final List<String> SCRIPTS = List.of(
            "page/chat.js",
            "page/nodes.js",
            "page/page.js",
            "page/parts.js",
            "page/queues.js",
            "page/run.js",
            "page/runs.js",
            "page/schedules.js",
            "page/stream.js",
            "page/talk.js",
            "page/talks.js",
            "page/timeline.js",
            "page/turn.js",
            "page/waits.js");
    /** The module and its parts. */
    private static final List<String> MODULE = List.of(
            "holdfast.js",
            "holdfast/calls.js",
            "holdfast/events.js",
            "holdfast/fold.js",
            "holdfast/http.js",
            "holdfast/line.js",
            "holdfast/places.js",
            "holdfast/run.js",
            "holdfast/thread.js");

    private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

    List<Router.Route> routes() {
        var routes = new ArrayList<Router.Route>();
        for (String path : DOCUMENTS) {
            routes.add(Router.Route.open(path, call -> file(HTML, "text/html; charset=utf-8")));
        }
        for (String name : SCRIPTS) routes.add(Router.Route.open("/" + name, call -> file(name, JAVASCRIPT)));
        for (String name : MODULE) routes.add(Router.Route.open("/" + name, call -> module(name)));
        routes.add(Router.Route.open("/page/page.css", call -> file("page/page.css", "text/css; charset=utf-8")));
        routes.add(Router.Route.open("/page/icon.svg", call -> file("page/icon.svg", "image/svg+xml")));
        return routes;
    }

    /** To be imported by pages of others, too: what it may ask here is decided when it asks. */
    private static Answer module(String name) {
        return new Answer.Whole(
                200,
                JAVASCRIPT,
                Resources.read(name),
                Map.of("Content-Security-Policy", POLICY, "Access-Control-Allow-Origin", "*"));
    }

    private static Answer file(String name, String type) {
        return new Answer.Whole(200, type, Resources.read(name), Map.of("Content-Security-Policy", POLICY));
    }
}
