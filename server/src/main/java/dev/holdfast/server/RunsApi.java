package dev.holdfast.server;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.engine.Explanation;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import dev.holdfast.engine.port.RunFilter;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs over HTTP: start, list, show, snapshots, steps, explain, cancel, delete. */
final class RunsApi {
    private static final Namespace NAMESPACE = Namespace.DEFAULT;
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 200;

    private final Supplier<Runs> runs;

    /** @param runs throws {@code starting} while there are none yet */
    RunsApi(Supplier<Runs> runs) {
        this.runs = runs;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("POST", "/v1/tasks/{task}/runs", this::start),
                new Router.Route("GET", "/v1/runs", this::list),
                new Router.Route("GET", "/v1/runs/{id}", this::show),
                new Router.Route("DELETE", "/v1/runs/{id}", this::delete),
                new Router.Route("GET", "/v1/runs/{id}/snapshots", this::snapshots),
                new Router.Route("GET", "/v1/runs/{id}/steps", this::steps),
                new Router.Route("GET", "/v1/runs/{id}/explain", this::explain),
                new Router.Route("POST", "/v1/runs/{id}/cancel", this::cancel));
    }

    private Answer start(Call call) throws IOException {
        String task = call.variable("task");
        StartBody body = StartBody.parse(call.json());
        var identity = new StartRequest.Identity(body.key(), call.requestId().orElse(null));
        Started started = runs.get().start(new StartRequest(NAMESPACE, task, body.input(), identity, body.options()));
        boolean existing = started.how() != Started.How.NEW;
        String json = Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("id", started.id().toString());
            out.writeStringProperty("task", task);
            out.writeBooleanProperty("existing", existing);
            out.writeEndObject();
        });
        return Answer.json(existing ? 200 : 201, json).with("Location", "/v1/runs/" + started.id());
    }

    private Answer list(Call call) {
        call.demandParameters("status", "task", "tag", "cursor", "limit");
        int limit = call.query("limit").map(RunsApi::limit).orElse(PAGE);
        RunState state = call.query("status").map(RunsApi::state).orElse(null);
        var filter = new RunFilter(
                state, call.query("task").orElse(null), call.query("tag").orElse(null));
        RunId before = call.query("cursor").map(RunsApi::pageCursor).orElse(null);
        // One more than asked for tells whether there is another page.
        List<Run> found = runs.get().list(NAMESPACE, filter, before, limit + 1);
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
        RunView view = runs.get().show(NAMESPACE, call.run());
        return Answer.json(200, Json.text(out -> RunJson.view(out, view)));
    }

    private Answer delete(Call call) {
        runs.get().delete(NAMESPACE, call.run(), call.requestId().orElse(null));
        return Answer.empty(204);
    }

    private Answer snapshots(Call call) {
        call.demandParameters("since", "atLeast");
        RunId id = call.run();
        long since = call.query("since").map(text -> snapshotCursor(id, text)).orElse(0L);
        // A reader of the primary is never behind, so that atLeast changes nothing here: it is only checked.
        call.query("atLeast").ifPresent(text -> number("atLeast", text, 0, Long.MAX_VALUE));
        SnapshotWindow window = runs.get().snapshots(NAMESPACE, id, since);
        return Answer.json(200, Json.text(out -> RunJson.window(out, id, window)));
    }

    private Answer steps(Call call) {
        RunView view = runs.get().show(NAMESPACE, call.run());
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
        Explanation why = runs.get().explain(NAMESPACE, id);
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
        runs.get().cancel(NAMESPACE, id, call.requestId().orElse(null));
        Run run = runs.get().show(NAMESPACE, id).run();
        String json = Json.text(out -> RunJson.row(out, run));
        return Answer.json(run.isFinished() ? 200 : 202, json);
    }

    private static RunState state(String text) {
        try {
            return RunState.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw impossible("status", text, "one of " + Arrays.toString(RunState.values()));
        }
    }

    private static int limit(String text) {
        return (int) number("limit", text, 1, LARGEST_PAGE);
    }

    private static long number(String name, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException e) {
            // Told below.
        }
        String wanted = "a whole number from " + least + (most == Long.MAX_VALUE ? " on" : " to " + most);
        throw impossible(name, text, wanted);
    }

    private static @Nullable RunId pageCursor(String text) {
        return RunId.parse(text).orElseThrow(() -> impossible("cursor", text, "the 'next' of the page before"));
    }

    private static long snapshotCursor(RunId id, String text) {
        if (text.equals("0")) return 0;
        int dot = text.indexOf('.');
        if (dot > 0 && RunId.parse(text.substring(0, dot)).filter(id::equals).isPresent()) {
            try {
                long seq = Long.parseLong(text.substring(dot + 1));
                if (seq >= 0) return seq;
            } catch (NumberFormatException e) {
                // Told below, in the same words as a cursor of another run.
            }
        }
        throw new Refused(
                "cursor_unknown",
                "'" + Text.shown(text) + "' is not a position of " + id + "; they look like " + id
                        + ".5, and 0 is the start");
    }

    private static Refused impossible(String name, String text, String wanted) {
        return new Refused("parameter_invalid", "'" + name + "' is '" + Text.shown(text) + "' but must be " + wanted);
    }
}
