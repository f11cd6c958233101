package dev.holdfast.engine.port;

import dev.holdfast.core.RunError;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@link RunError} as it is stored and shown: a JSON object with the members {@code code}, {@code type},
 * {@code message}, {@code stack} and {@code retryable}, in this order. Unknown members are ignored and missing ones read
 * as empty, so that what an older or a newer version has written can be read.
 */
public final class ErrorJson {
    private static final JsonMapper JSON = new JsonMapper();

    private ErrorJson() {}

    public static String write(RunError error) {
        return JSON.writeValueAsString(JSON.createObjectNode()
                .put("code", error.code())
                .put("type", error.type())
                .put("message", error.message())
                .put("stack", error.stack())
                .put("retryable", error.retryable()));
    }

    public static RunError read(String json) {
        var tree = JSON.readTree(json);
        return new RunError(
                tree.path("code").asString(""),
                tree.path("type").asString(""),
                tree.path("message").asString(""),
                tree.path("stack").asString(""),
                tree.path("retryable").asBoolean(false));
    }
}
