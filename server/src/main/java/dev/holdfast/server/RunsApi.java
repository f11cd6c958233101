package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.Explanation;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Runs over HTTP: start, list, show, snapshots, steps, explain, cancel, rerun, delete. */
final class RunsApi {
    private static final Namespace NAMESPACE = Namespace.DEFAULT;

    private final Supplier<Node> node;

    /** @param node throws {@code starting} while there is none yet */
    RunsApi(Supplier<Node> node) {
        this.node = node;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("POST", "/v1/tasks/{task}/runs", this::start),
                new Router.Route("POST", "/v1/batches", this::batch),
                new Router.Route("GET", "/v1/runs", this::list),
                new Router.Route("GET", "/v1/runs/{id}", this::show),
                new Router.Route("DELETE", "/v1/runs/{id}", this::delete),
                new Router.Route("GET", "/v1/runs/{id}/snapshots", this::snapshots),
                new Router.Route("GET", "/v1/runs/{id}/steps", this::steps),
                new Router.Route("GET", "/v1/runs/{id}/explain", this::explain),
                new Router.Route("POST", "/v1/runs/{id}/cancel", this::cancel).shared(),
                new Router.Route("POST", "/v1/runs/{id}/rerun", this::rerun));
    }

    private Answer start(Call call) throws IOException {
        StartBody body = StartBody.parse(call.json());
        return Starting.answer(node.get(), call, call.variable("task"), body);
    }

    private Answer batch(Call call) throws IOException {
        return Starting.answer(
                node.get(), BatchBody.parse(call.json()), call.requestId().orElse(null));
    }

    private Answer list(Call call) {
        call.demandParameters("status", "task", "tag", "queue", "lane", "cursor", "limit");
        int limit = Parameters.limit(call);
        RunState state = call.query("status").map(RunsApi::state).orElse(null);
        String lane = call.query("lane").orElse(null);
        // A lane has its name within its queue, and most have only one queue.
        String queue = call.query("queue").orElse(lane == null ? null : Defaults.QUEUE);
        var filter = new RunFilter(
                state, call.query("task").orElse(null), call.query("tag").orElse(null), queue, lane);
        RunId before = call.query("cursor").map(RunsApi::pageCursor).orElse(null);
        // One more than asked for tells whether there is another page.
        List<Run> found = runs().list(NAMESPACE, filter, before, limit + 1);
        List<Run> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeName("runs");
            out.writeStartArray();
            for (Run run : page) RunJson.row(out, run);
            out.writeEndArray();
            out.writeName("next");
            if (found.size() > limit) out.writeString(page.getLast().id().toString());
            else out.writeNull();
            out.writeEndObject();
        }));
    }

    private Answer show(Call call) {
        RunView view = runs().show(NAMESPACE, call.run());
        return Answer.json(200, Json.text(out -> RunJson.view(out, view)));
    }

    private Answer delete(Call call) {
        runs().delete(NAMESPACE, call.run(), call.requestId().orElse(null));
        return Answer.empty(204);
    }

    private Answer snapshots(Call call) {
        call.demandParameters("since", "atLeast");
        RunId id = call.run();
        long since = call.query("since").map(text -> snapshotCursor(id, text)).orElse(0L);
        long atLeast = call.query("atLeast")
                .map(text -> Parameters.number("atLeast", text, 0, Long.MAX_VALUE))
                .orElse(0L);
        SnapshotWindow window = runs().snapshots(NAMESPACE, id, since, atLeast);
        return Answer.json(200, Json.text(out -> RunJson.window(out, id, window)));
    }

    private Answer steps(Call call) {
        RunView view = runs().show(NAMESPACE, call.run());
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("run", view.run().id().toString());
            out.writeName("steps");
            RunJson.steps(out, view.steps());
            out.writeEndObject();
        }));
    }

    private Answer explain(Call call) {
        RunId id = call.run();
        Explanation why = runs().explain(NAMESPACE, id);
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("run", id.toString());
            out.writeStringProperty("code", why.code());
            out.writeStringProperty("sentence", why.sentence());
            out.writeName("next");
            if (why.next() == null) out.writeNull();
            else out.writeString(why.next().toString());
            out.writeEndObject();
        }));
    }

    private Answer cancel(Call call) {
        RunId id = call.run();
        runs().cancel(NAMESPACE, id, call.requestId().orElse(null));
        Run run = runs().show(NAMESPACE, id).run();
        String json = Json.text(out -> RunJson.row(out, run));
        return Answer.json(run.isFinished() ? 200 : 202, json);
    }

    private Answer rerun(Call call) throws IOException {
        RunId id = call.run();
        String from = RerunBody.parse(call.json()).from();
        Started started = runs().rerun(NAMESPACE, id, from, call.requestId().orElse(null));
        return Starting.answer(
                started, runs().show(NAMESPACE, id).run().origin().task());
    }

    private static RunState state(String text) {
        try {
            return RunState.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Parameters.impossible("status", text, "one of " + Arrays.toString(RunState.values()));
        }
    }

    private Runs runs() {
        return node.get().runs();
    }

    static RunId pageCursor(String text) {
        return RunId.parse(text).orElseThrow(() -> Parameters.noCursor(text));
    }

    private static long snapshotCursor(RunId id, String text) {
        if (text.equals("0")) return 0;
        int dot = text.indexOf('.');
        if (dot > 0 && RunId.parse(text.substring(0, dot)).filter(id::equals).isPresent()) {
            try {
                long seq = Long.parseLong(text.substring(dot + 1));
                if (seq >= 0) return seq;
            } catch (NumberFormatException e) {
                // Told below.
            }
        }
        throw Runs.cursorUnknown(id, Text.shown(text));
    }
}
