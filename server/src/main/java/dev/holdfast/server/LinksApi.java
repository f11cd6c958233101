package dev.holdfast.server;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Runs;
import dev.holdfast.node.ApiKey;
import dev.holdfast.node.KeyBook;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Links with which a browser, or anybody, watches one run without an API key. */
final class LinksApi {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Supplier<Runs> runs;
    private final Recent<KeyBook> keys;
    private final Endpoint endpoint;

    LinksApi(Supplier<Runs> runs, Recent<KeyBook> keys, Endpoint endpoint) {
        this.runs = runs;
        this.keys = keys;
        this.endpoint = endpoint;
    }

    List<Router.Route> routes() {
        // Whoever may watch may let others watch.
        return List.of(new Router.Route("POST", "/v1/runs/{id}/links", this::make, new Access.Key(ApiKey.Scope.READ)));
    }

    Answer make(Call call) throws IOException, InterruptedException {
        RunId run = call.run();
        Duration ttl = LinkBody.parse(call.json()).ttl();
        Instant now = Instant.now();
        KeyBook book = keys.within(FRESH, PATIENCE);
        // Since it was let in the first key may have been made.
        Optional<Refused> refusal = call.pass().refusal(book, now);
        if (refusal.isPresent()) throw refusal.get();
        if (runs.get().reached(Namespace.DEFAULT, run).isEmpty()) {
            throw new Refused("run_unknown", "there is no run " + run + "; it may have been deleted");
        }
        Instant until = now.plus(ttl).truncatedTo(ChronoUnit.MILLIS);
        String token = book.link(call.key().orElse(null), run, until);
        String url = endpoint.asked(call.header("Host").orElse("")) + "/v1/runs/" + run + "/stream?" + Guard.LINK + "="
                + token;
        return Answer.json(201, Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("url", url);
            out.writeStringProperty("expires", until.toString());
            out.writeEndObject();
        }));
    }
}
