package dev.holdfast.server;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Runs;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.RunFilter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Threads over HTTP: a conversation is the serial lane {@code thread:ID}, and each of its turns is a run in it. */
final class ThreadsApi {
    private static final Namespace NAMESPACE = Namespace.DEFAULT;

    private final Supplier<Node> node;

    /** @param node throws {@code starting} while there is none yet */
    ThreadsApi(Supplier<Node> node) {
        this.node = node;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("POST", "/v1/threads/{id}/messages", this::say),
                new Router.Route("GET", "/v1/threads/{id}", this::turns));
    }

    private Answer say(Call call) throws IOException {
        String thread = call.variable("id");
        MessageBody body = MessageBody.parse(call.json());
        Hosting hosting = node.get().hosted().get(body.task());
        if (hosting != null && hosting.lanes() != Lane.Kind.SERIAL) {
            throw new Refused(
                    "lane_not_serial",
                    "task '" + body.task() + "' takes no turns: its runs do not follow one another."
                            + " Name a task that has a serial lane for each thread");
        }
        String input = Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("thread", thread);
            out.writeName("message");
            out.writeRawValue(body.message());
            out.writeEndObject();
        });
        var options = new StartRequest.Options(Command.Timing.NOW, null, List.of(), lane(thread));
        return Starting.answer(node.get(), call, body.task(), new StartBody(input, null, options));
    }

    private Answer turns(Call call) {
        call.demandParameters("queue", "cursor", "limit");
        String thread = call.variable("id");
        int limit = Parameters.limit(call);
        RunId after = call.query("cursor").map(RunsApi::pageCursor).orElse(null);
        var filter = new RunFilter(null, null, null, call.query("queue").orElse(Defaults.QUEUE), lane(thread));
        // One more than asked for tells whether there is another page.
        List<Run> found = oldest(node.get().runs(), filter, after, limit + 1);
        List<Run> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("thread", thread);
            out.writeName("turns");
            out.writeStartArray();
            for (Run run : page) RunJson.row(out, run);
            out.writeEndArray();
            RunJson.text(out, "next", found.size() > limit ? page.getLast().id() : null);
            out.writeEndObject();
        }));
    }

    /** Runs are listed from the newest on, so this goes through all of them that are later. */
    private static List<Run> oldest(Runs runs, RunFilter filter, @Nullable RunId after, int limit) {
        var oldest = new ArrayDeque<Run>();
        RunId before = null;
        while (true) {
            List<Run> page = runs.list(NAMESPACE, filter, before, Parameters.LARGEST_PAGE);
            for (Run run : page) {
                if (after != null && run.id().compareTo(after) <= 0) return List.copyOf(oldest);
                oldest.addFirst(run);
                if (oldest.size() > limit) oldest.removeLast();
            }
            if (page.size() < Parameters.LARGEST_PAGE) return List.copyOf(oldest);
            before = page.getLast().id();
        }
    }

    private static String lane(String thread) {
        return "thread:" + thread;
    }
}
