package dev.holdfast.server;

import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.LaneView;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.engine.port.QueueView;
import dev.holdfast.engine.port.Rate;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Queues and lanes over HTTP: list, show, pause, resume, limit. */
final class QueuesApi {
    private static final Namespace NAMESPACE = Namespace.DEFAULT;

    private final Supplier<Node> node;

    /** @param node throws {@code starting} while there is none yet */
    QueuesApi(Supplier<Node> node) {
        this.node = node;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("GET", "/v1/queues", this::list),
                new Router.Route("GET", "/v1/queues/{queue}", this::show),
                new Router.Route("PATCH", "/v1/queues/{queue}", this::change),
                new Router.Route("PATCH", "/v1/queues/{queue}/lanes/{lane}", this::changeLane));
    }

    private Answer list(Call call) {
        Collection<QueueView> all = queues();
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeName("queues");
            out.writeStartArray();
            for (QueueView queue : all) queue(out, queue);
            out.writeEndArray();
            out.writeEndObject();
        }));
    }

    private Answer show(Call call) {
        call.demandParameters("cursor", "limit");
        String name = call.variable("queue");
        int limit = Parameters.limit(call);
        Lane after = call.query("cursor").map(QueuesApi::cursor).orElse(null);
        QueueView queue = find(name);
        if (queue == null) {
            throw new Refused(
                    "queue_unknown",
                    "there is no queue '" + Text.shown(name)
                            + "': no task here has it, no run is in it, and nobody has paused or limited it");
        }
        // One more than asked for tells whether there is another page.
        List<LaneView> found = node.get().runs().lanes(NAMESPACE, name, after, limit + 1);
        List<LaneView> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeName("queue");
            queue(out, queue);
            out.writeName("lanes");
            out.writeStartArray();
            for (LaneView lane : page) lane(out, lane);
            out.writeEndArray();
            RunJson.text(
                    out, "next", found.size() > limit ? cursor(page.getLast().lane()) : null);
            out.writeEndObject();
        }));
    }

    private Answer change(Call call) throws IOException {
        String name = call.variable("queue");
        node.get()
                .runs()
                .change(
                        NAMESPACE,
                        name,
                        QueueBody.ofQueue(call.json()),
                        call.requestId().orElse(null));
        QueueView now = find(name);
        QueueView shown = now == null ? idle(name) : now;
        return Answer.json(200, Json.text(out -> queue(out, shown)));
    }

    private Answer changeLane(Call call) throws IOException {
        String queue = call.variable("queue");
        String lane = call.variable("lane");
        var what = QueueBody.ofLane(lane, call.json());
        node.get().runs().change(NAMESPACE, queue, what, call.requestId().orElse(null));
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("queue", queue);
            out.writeStringProperty("lane", lane);
            out.writeBooleanProperty("paused", what.isPaused());
            out.writeEndObject();
        }));
    }

    /** Those that the ledger knows, and those of the tasks that are hosted, by name. */
    private Collection<QueueView> queues() {
        var all = new TreeMap<String, QueueView>();
        node.get().hosted().values().forEach(task -> all.put(task.queue(), idle(task.queue())));
        for (QueueView queue : node.get().runs().queues(NAMESPACE)) all.put(queue.queue(), queue);
        return all.values();
    }

    private @Nullable QueueView find(String name) {
        return queues().stream()
                .filter(queue -> queue.queue().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static QueueView idle(String name) {
        return new QueueView(name, false, QueueSettings.NONE, 0, 0, 0, 0);
    }

    private static void queue(JsonGenerator out, QueueView queue) {
        out.writeStartObject();
        out.writeStringProperty("name", queue.queue());
        out.writeBooleanProperty("paused", queue.isPaused());
        limit(out, "concurrency", queue.settings().concurrency());
        limit(out, "laneConcurrency", queue.settings().laneConcurrency());
        rate(out, queue.settings().rate());
        out.writeNumberProperty("waiting", queue.waiting());
        out.writeNumberProperty("delayed", queue.delayed());
        out.writeNumberProperty("executing", queue.executing());
        out.writeNumberProperty("lanes", queue.lanes());
        out.writeEndObject();
    }

    private static void limit(JsonGenerator out, String name, @Nullable Integer limit) {
        out.writeName(name);
        if (limit == null) out.writeNull();
        else out.writeNumber(limit);
    }

    private static void rate(JsonGenerator out, @Nullable Rate rate) {
        out.writeName("rate");
        if (rate == null) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        out.writeNumberProperty("count", rate.count());
        out.writeStringProperty("per", Durations.text(rate.per()));
        out.writeEndObject();
    }

    private static void lane(JsonGenerator out, LaneView view) {
        out.writeStartObject();
        out.writeStringProperty("name", view.lane().name());
        out.writeStringProperty("kind", view.lane().kind().name());
        out.writeBooleanProperty("paused", view.isPaused());
        out.writeNumberProperty("taken", view.taken());
        out.writeNumberProperty("waiting", view.waiting());
        out.writeEndObject();
    }

    private static String cursor(Lane lane) {
        return lane.kind() + ":" + lane.name();
    }

    private static Lane cursor(String text) {
        for (Lane.Kind kind : Lane.Kind.values()) {
            String head = kind + ":";
            if (text.startsWith(head)) return new Lane(text.substring(head.length()), kind);
        }
        throw Parameters.noCursor(text);
    }
}
