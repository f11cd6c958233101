package dev.holdfast.server;

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

    List<Router.Route> routes() {
        return List.of(
                Router.Route.open("/", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/runs/{id}", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/queues", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/queues/{queue}", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/schedules", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/chat", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/chat/{thread}", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/nodes", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/page/nodes.js", call -> script("nodes.js")),
                Router.Route.open("/page/schedules.js", call -> script("schedules.js")),
                Router.Route.open("/page/page.css", call -> file("page/page.css", "text/css; charset=utf-8")),
                Router.Route.open("/page/page.js", call -> script("page.js")),
                Router.Route.open("/page/parts.js", call -> script("parts.js")),
                Router.Route.open("/page/chat.js", call -> script("chat.js")),
                Router.Route.open("/page/turn.js", call -> script("turn.js")),
                Router.Route.open("/holdfast.js", call -> module("holdfast.js")),
                Router.Route.open("/page/queues.js", call -> script("queues.js")),
                Router.Route.open("/page/waits.js", call -> script("waits.js")),
                Router.Route.open("/page/run.js", call -> script("run.js")),
                Router.Route.open("/page/runs.js", call -> script("runs.js")),
                Router.Route.open("/page/stream.js", call -> script("stream.js")),
                Router.Route.open("/page/timeline.js", call -> script("timeline.js")),
                Router.Route.open("/page/icon.svg", call -> file("page/icon.svg", "image/svg+xml")));
    }

    private static Answer script(String name) {
        return file("page/" + name, "text/javascript; charset=utf-8");
    }

    /** To be imported by pages of others, too: what it may ask here is decided when it asks. */
    private static Answer module(String name) {
        return new Answer.Whole(
                200,
                "text/javascript; charset=utf-8",
                Resources.read(name),
                Map.of("Content-Security-Policy", POLICY, "Access-Control-Allow-Origin", "*"));
    }

    private static Answer file(String name, String type) {
        return new Answer.Whole(200, type, Resources.read(name), Map.of("Content-Security-Policy", POLICY));
    }
}
