package dev.holdfast.server;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Started;
import org.jspecify.annotations.Nullable;

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

    static Answer answer(Started started, String task) {
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

    /** As the Java client does: the task names the lane by the input. */
    private static @Nullable String lane(Node node, String task, String input) {
        Hosting hosting = node.hosted().get(task);
        return hosting == null ? null : hosting.lane().apply(input);
    }
}
