package dev.holdfast.server;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Runs;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** What is sent to runs over HTTP: signals, and the values of tokens. */
final class SendingApi {
    private static final Namespace NAMESPACE = Namespace.DEFAULT;

    private final Supplier<Runs> runs;

    /** @param runs throws {@code starting} while there are none yet */
    SendingApi(Supplier<Runs> runs) {
        this.runs = runs;
    }

    List<Router.Route> routes() {
        return List.of(
                new Router.Route("POST", "/v1/runs/{id}/signals/{name}", this::signal),
                new Router.Route("POST", "/v1/tokens/{id}/complete", this::complete));
    }

    private Answer signal(Call call) throws IOException {
        RunId id = call.run();
        var sent = new Runs.Sent(call.variable("name"), Body.value(call.json()));
        runs.get().signal(NAMESPACE, id, sent, call.requestId().orElse(null));
        Run run = runs.get().show(NAMESPACE, id).run();
        return Answer.json(run.isFinished() ? 200 : 202, Json.text(out -> RunJson.row(out, run)));
    }

    private Answer complete(Call call) throws IOException {
        String token = call.variable("id");
        runs.get()
                .complete(
                        NAMESPACE,
                        token,
                        Body.value(call.json()),
                        call.requestId().orElse(null));
        return Answer.json(200, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("token", token);
            out.writeBooleanProperty("completed", true);
            out.writeEndObject();
        }));
    }
}
