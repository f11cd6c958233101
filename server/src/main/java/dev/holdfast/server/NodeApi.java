package dev.holdfast.server;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a node tells of itself: tasks, health, metrics, and the description of this API. */
final class NodeApi {
    private final Supplier<@Nullable Node> node;
    private final Callable<Answer> metrics;

    /** @param node null until it is ready */
    NodeApi(Supplier<@Nullable Node> node, Callable<Answer> metrics) {
        this.node = node;
        this.metrics = metrics;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("GET", "/v1/tasks", this::tasks),
                new Router.Route("GET", "/livez", call -> Answer.text(200, "alive\n")),
                new Router.Route("GET", "/readyz", this::ready),
                new Router.Route("GET", "/metrics", call -> metrics.call()),
                new Router.Route("GET", "/openapi.json", call -> Answer.json(200, Resources.read("openapi.json"))));
    }

    private Answer tasks(Call call) {
        Node ready = node.get();
        Map<String, Hosting> hosted = ready == null ? Map.of() : ready.hosted();
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeName("tasks");
            out.writeStartArray();
            hosted.forEach((name, task) -> {
                out.writeStartObject();
                out.writeStringProperty("name", name);
                out.writeStringProperty("version", task.version());
                out.writeStringProperty("queue", task.queue());
                RunJson.text(out, "lanes", task.lanes());
                out.writeEndObject();
            });
            out.writeEndArray();
            out.writeEndObject();
        }));
    }

    private Answer ready(Call call) {
        if (node.get() != null) return Answer.text(200, "ready\n");
        String why = "starting: what was running when the process ended is being taken up\n";
        return new Answer.Whole(503, "text/plain; charset=utf-8", why, Map.of("Retry-After", "1"));
    }
}
