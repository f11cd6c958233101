package dev.holdfast.server;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.Schedules;
import dev.holdfast.engine.port.StoredSchedule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/** Schedules over HTTP: list, show, declare, pause, resume, delete. */
final class SchedulesApi {
    private static final Namespace NAMESPACE = Namespace.DEFAULT;

    private final Supplier<Node> node;

    /** @param node throws {@code starting} while there is none yet */
    SchedulesApi(Supplier<Node> node) {
        this.node = node;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("GET", "/v1/schedules", this::list),
                new Router.Route("GET", "/v1/schedules/{name}", this::show),
                new Router.Route("PUT", "/v1/schedules/{name}", this::put),
                new Router.Route("PATCH", "/v1/schedules/{name}", this::change),
                new Router.Route("DELETE", "/v1/schedules/{name}", this::delete));
    }

    private Schedules schedules() {
        return node.get().runs().schedules();
    }

    private Answer list(Call call) {
        call.demandParameters("cursor", "limit");
        int limit = Parameters.limit(call);
        // One more than asked for tells whether there is another page.
        List<StoredSchedule> found =
                schedules().list(NAMESPACE, call.query("cursor").orElse(null), limit + 1);
        List<StoredSchedule> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeName("schedules");
            out.writeStartArray();
            for (StoredSchedule schedule : page) schedule(out, schedule);
            out.writeEndArray();
            RunJson.text(out, "next", found.size() > limit ? page.getLast().name() : null);
            out.writeEndObject();
        }));
    }

    private Answer show(Call call) {
        return answer(schedules().show(NAMESPACE, call.variable("name")));
    }

    private Answer put(Call call) throws IOException {
        var definition = ScheduleBody.definition(call.json(), node.get().hosted());
        return answer(schedules()
                .put(
                        NAMESPACE,
                        call.variable("name"),
                        definition,
                        call.requestId().orElse(null)));
    }

    private Answer change(Call call) throws IOException {
        String name = call.variable("name");
        boolean paused = ScheduleBody.paused(call.json());
        String requestId = call.requestId().orElse(null);
        return answer(
                paused
                        ? schedules().pause(NAMESPACE, name, requestId)
                        : schedules().resume(NAMESPACE, name, requestId));
    }

    private Answer delete(Call call) {
        schedules().delete(NAMESPACE, call.variable("name"), call.requestId().orElse(null));
        return Answer.empty(204);
    }

    private Answer answer(StoredSchedule schedule) {
        return Answer.json(200, Json.text(out -> schedule(out, schedule)));
    }

    private void schedule(JsonGenerator out, StoredSchedule schedule) {
        var definition = schedule.definition();
        var standing = schedule.standing();
        Duration ttl = definition.ttl();
        out.writeStartObject();
        out.writeStringProperty("name", schedule.name());
        out.writeStringProperty("cron", definition.cron());
        out.writeStringProperty("zone", definition.zone());
        out.writeStringProperty("missed", definition.missed().name());
        out.writeStringProperty("task", definition.task());
        RunJson.raw(out, "input", definition.input());
        RunJson.text(out, "lane", definition.lane());
        RunJson.text(out, "ttl", ttl);
        out.writeBooleanProperty("paused", standing.isPaused());
        // It stays due while its code is not here, and fires where that is.
        out.writeBooleanProperty("hosted", node.get().hosted().containsKey(definition.task()));
        RunJson.text(out, "next", standing.next());
        RunJson.text(out, "lastAt", standing.lastAt());
        RunJson.text(out, "lastRun", standing.lastRun());
        out.writeEndObject();
    }
}
