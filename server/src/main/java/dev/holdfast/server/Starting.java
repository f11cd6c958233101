package dev.holdfast.server;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Starts a run, and answers with it. */
final class Starting {
    private Starting() {}

    static Answer answer(Node node, Call call, String task, StartBody asked) {
        StartBody body = asked;
        String lane = asked.options().lane() == null ? lane(node, task, asked.input()) : null;
        if (lane != null) body = asked.inLane(lane);
        var identity = new StartRequest.Identity(body.key(), call.requestId().orElse(null));
        Started started =
                node.runs().start(new StartRequest(Namespace.DEFAULT, task, body.input(), identity, body.options()));
        return answer(started, task);
    }

    /** Many runs at once. */
    static Answer answer(Node node, BatchBody body, @Nullable String requestId) {
        var requests = new ArrayList<StartRequest>();
        for (String input : body.inputs()) {
            StartBody each = body.each();
            String lane = each.options().lane() == null ? lane(node, body.task(), input) : null;
            var options = lane == null ? each.options() : each.inLane(lane).options();
            var identity = new StartRequest.Identity(null, null);
            requests.add(new StartRequest(Namespace.DEFAULT, body.task(), input, identity, options));
        }
        List<Started> all = node.runs().startAll(requests, requestId);
        boolean existing = all.stream().allMatch(s -> s.how() != Started.How.NEW);
        return Answer.json(existing ? 200 : 201, Json.text(out -> {
            out.writeStartObject();
            out.writeName("runs");
            out.writeStartArray();
            for (Started each : all) started(out, each, body.task());
            out.writeEndArray();
            out.writeEndObject();
        }));
    }

    private static void started(JsonGenerator out, Started started, String task) {
        out.writeStartObject();
        out.writeStringProperty("id", started.id().toString());
        out.writeStringProperty("task", task);
        out.writeBooleanProperty("existing", started.how() != Started.How.NEW);
        out.writeEndObject();
    }

    static Answer answer(Started started, String task) {
        boolean existing = started.how() != Started.How.NEW;
        String json = Json.text(out -> started(out, started, task));
        return Answer.json(existing ? 200 : 201, json).with("Location", "/v1/runs/" + started.id());
    }

    /** Of what may have to wait for its turn: a repetition is answered alike, and says so. */
    static Answer accepted(Started started, String task) {
        return Answer.json(202, Json.text(out -> started(out, started, task)))
                .with("Location", "/v1/runs/" + started.id());
    }

    /** As the Java client does: the task names the lane by the input. */
    private static @Nullable String lane(Node node, String task, String input) {
        Hosting hosting = node.hosted().get(task);
        return hosting == null ? null : hosting.lane().apply(input);
    }
}
