package dev.holdfast.server;

import java.util.List;
import java.util.Map;

/**
 * The live page: the list of runs at {@code /}, a run at {@code /runs/{id}}, queues at {@code /queues}, a queue with
 * its lanes at {@code /queues/{queue}}, and schedules at {@code /schedules}. All are one plain document whose script
 * reads the API and writes text nodes only, so that nothing that a user sent is ever taken for HTML; the policy forbids
 * everything else.
 */
final class Pages {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("GET", "/", call -> file("page/index.html", "text/html; charset=utf-8")),
                new Router.Route("GET", "/runs/{id}", call -> file("page/index.html", "text/html; charset=utf-8")),
                new Router.Route("GET", "/queues", call -> file("page/index.html", "text/html; charset=utf-8")),
                new Router.Route("GET", "/queues/{queue}", call -> file("page/index.html", "text/html; charset=utf-8")),
                new Router.Route("GET", "/schedules", call -> file("page/index.html", "text/html; charset=utf-8")),
                new Router.Route("GET", "/page/schedules.js", call -> script("schedules.js")),
                new Router.Route("GET", "/page/page.css", call -> file("page/page.css", "text/css; charset=utf-8")),
                new Router.Route("GET", "/page/page.js", call -> script("page.js")),
                new Router.Route("GET", "/page/parts.js", call -> script("parts.js")),
                new Router.Route("GET", "/page/fold.js", call -> script("fold.js")),
                new Router.Route("GET", "/page/queues.js", call -> script("queues.js")),
                new Router.Route("GET", "/page/waits.js", call -> script("waits.js")),
                new Router.Route("GET", "/page/run.js", call -> script("run.js")),
                new Router.Route("GET", "/page/runs.js", call -> script("runs.js")),
                new Router.Route("GET", "/page/stream.js", call -> script("stream.js")),
                new Router.Route("GET", "/page/timeline.js", call -> script("timeline.js")),
                new Router.Route("GET", "/page/icon.svg", call -> file("page/icon.svg", "image/svg+xml")));
    }

    private static Answer script(String name) {
        return file("page/" + name, "text/javascript; charset=utf-8");
    }

    private static Answer file(String name, String type) {
        return new Answer.Whole(200, type, Resources.read(name), Map.of("Content-Security-Policy", POLICY));
    }
}
