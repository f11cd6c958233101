package dev.holdfast.server;

import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.LedgerFigures;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** What a node tells of itself: tasks, health, metrics, and the description of this API. */
final class NodeApi {
    private final Supplier<Node> node;
    private final Callable<Answer> metrics;

    /** @param node throws {@link Unavailable} until there is one */
    NodeApi(Supplier<Node> node, Callable<Answer> metrics) {
        this.node = node;
        this.metrics = metrics;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("GET", "/v1/tasks", this::tasks),
                new Router.Route("GET", "/v1/node", this::node),
                Router.Route.open("/livez", call -> Answer.text(200, "alive\n")),
                Router.Route.open("/readyz", this::ready),
                Router.Route.fromMemory("/metrics", call -> metrics.call()),
                Router.Route.open("/openapi.json", call -> Answer.json(200, Resources.read("openapi.json"))));
    }

    private Answer tasks(Call call) {
        Map<String, Hosting> hosted = node.get().hosted();
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

    private Answer node(Call call) {
        Node ready = node.get();
        LedgerFigures ledger = ready.figures();
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("version", version());
            out.writeStringProperty("java", Runtime.version().toString());
            out.writeNumberProperty("pid", ProcessHandle.current().pid());
            out.writeNumberProperty("executing", ready.executing());
            out.writeName("ledger");
            out.writeStartObject();
            out.writeNumberProperty("batches", ledger.batches());
            out.writeNumberProperty("changes", ledger.changes());
            out.writeNumberProperty("stale", ledger.stale());
            out.writeName("settings");
            out.writeStartObject();
            new TreeMap<>(ledger.durability()).forEach(out::writeStringProperty);
            out.writeEndObject();
            out.writeEndObject();
            out.writeEndObject();
        }));
    }

    /** What the build wrote into the jar. */
    private static String version() {
        String version = NodeApi.class.getPackage().getImplementationVersion();
        return version == null ? "(built from classes)" : version;
    }

    private Answer ready(Call call) {
        try {
            node.get().demandOpen();
            node.get().demandStreams();
            return Answer.text(200, "ready\n");
        } catch (Unavailable e) {
            String why = e.code() + ": " + e.getMessage() + "\n";
            return new Answer.Whole(503, "text/plain; charset=utf-8", why, Map.of("Retry-After", "1"));
        }
    }
}
