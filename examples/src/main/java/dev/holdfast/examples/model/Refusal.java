package dev.holdfast.examples.model;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An error as OpenAI's API tells it. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SERVER_ERROR = 500;

    private final int status;
    private final String code;

    /** @param code stable */
    Refusal(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    ObjectNode json() {
        ObjectNode whole = JsonMapper.shared().createObjectNode();
        whole.putObject("error")
                .put("message", getMessage())
                .put("type", status >= SERVER_ERROR ? "server_error" : "invalid_request_error")
                .putNull("param")
                .put("code", code);
        return whole;
    }
}
