package dev.holdfast.server;

import java.util.List;
import java.util.Map;

/**
 * The live page: the list of runs at {@code /}, a run at {@code /runs/{id}}, queues at {@code /queues}, a queue with
 * its lanes at {@code /queues/{queue}}, schedules at {@code /schedules}, and nodes at {@code /nodes}. All are one plain document whose script
 * reads the API and writes text nodes only, so that nothing that a user sent is ever taken for HTML; the policy forbids
 * everything else.
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
                Router.Route.open("/nodes", call -> file("page/index.html", "text/html; charset=utf-8")),
                Router.Route.open("/page/nodes.js", call -> script("nodes.js")),
                Router.Route.open("/page/schedules.js", call -> script("schedules.js")),
                Router.Route.open("/page/page.css", call -> file("page/page.css", "text/css; charset=utf-8")),
                Router.Route.open("/page/page.js", call -> script("page.js")),
                Router.Route.open("/page/parts.js", call -> script("parts.js")),
                Router.Route.open("/page/fold.js", call -> script("fold.js")),
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

    private static Answer file(String name, String type) {
        return new Answer.Whole(200, type, Resources.read(name), Map.of("Content-Security-Policy", POLICY));
    }
}
