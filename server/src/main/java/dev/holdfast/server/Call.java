package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.node.ApiKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A request, as handlers see it. */
interface Call {
    /** As whom it was let in. */
    Pass pass();

    /** The key by which it was let in; empty if there was none. */
    default Optional<ApiKey> key() {
        return pass().key();
    }

    /** The raw path, for error messages. */
    String path();

    /** Decoded values of the variables in the route's path. */
    Map<String, String> variables();

    Optional<String> header(String name);

    /** The first value of a query parameter; an empty one counts as absent. */
    Optional<String> query(String name);

    /** The names of all query parameters. */
    Set<String> queryNames();

    /**
     * A filter that nobody knows would be no filter, and the answer the wrong list.
     *
     * @throws Refused {@code parameter_invalid} for any other parameter
     */
    default void demandParameters(String... known) {
        for (String name : queryNames()) {
            if (List.of(known).contains(name)) continue;
            throw new Refused(
                    "parameter_invalid",
                    "there is no parameter '" + Text.shown(name) + "' here; there are " + String.join(", ", known));
        }
    }

    /**
     * The whole body as text; empty if there is none.
     *
     * @throws Refused {@code input_too_large}, {@code media_type_unsupported}, {@code json_malformed} (not UTF-8),
     *     {@code request_malformed}
     */
    String json() throws IOException;

    default String variable(String name) {
        String value = variables().get(name);
        if (value == null) throw new IllegalStateException("the route has no variable " + name);
        return value;
    }

    /** The run that the path names. */
    default RunId run() {
        String text = variable("id");
        return RunId.parse(text)
                .orElseThrow(() -> new Refused(
                        "run_id_malformed",
                        "'" + Text.shown(text) + "' is not a run id: they are 'run_' and 26 letters and digits"));
    }

    /**
     * The request id of a mutation, if the client sent one.
     *
     * @throws Refused {@code text_invalid} for what is not ASCII: a header has no other characters, and two ids that
     *     differ in bytes that nobody can read would be one
     */
    default Optional<String> requestId() {
        Optional<String> id = header("Idempotency-Key");
        if (id.isPresent() && id.get().chars().anyMatch(c -> c > '~')) {
            throw new Refused("text_invalid", "the request id (Idempotency-Key) has characters that are not ASCII");
        }
        return id;
    }
}
