package dev.holdfast.examples.model;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is asked of {@code /v1/chat/completions}, as far as a script listens.
 *
 * @param message the last message of the user
 * @param streamed whether the answer comes in chunks
 * @param usage whether a stream ends with the count of its words
 */
record Ask(String message, boolean streamed, boolean usage) {
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    static Ask parse(byte[] body) throws Refusal {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            throw invalid("invalid_json", "The body is not JSON: " + e.getOriginalMessage());
        }
        if (!json.isObject()) throw invalid("invalid_json", "The body is not a JSON object.");
        String model = json.path("model").asString("");
        if (model.isEmpty()) throw invalid("model_missing", "The body names no model: \"model\": \"scripted\".");
        if (!model.equals(ScriptedModel.NAME)) {
            throw new Refusal(
                    NOT_FOUND,
                    "model_not_found",
                    "There is no model '" + model + "' here, only '" + ScriptedModel.NAME + "'.");
        }
        return new Ask(
                lastMessage(json.path("messages")),
                json.path("stream").asBoolean(false),
                json.path("stream_options").path("include_usage").asBoolean(false));
    }

    private static String lastMessage(JsonNode messages) throws Refusal {
        for (int i = messages.size() - 1; i >= 0; i--) {
            JsonNode message = messages.path(i);
            if (message.path("role").asString("").equals("user")) return text(message.path("content"));
        }
        throw invalid(
                "messages_missing",
                "The body has no message of the user: \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}].");
    }

    /** A text, or a list of parts some of which are texts. */
    private static String text(JsonNode content) {
        if (content.isString()) return content.asString();
        var text = new StringBuilder();
        for (JsonNode part : content)
            text.append(part.path("text").asString("")).append(' ');
        return text.toString();
    }

    private static Refusal invalid(String code, String message) {
        return new Refusal(BAD_REQUEST, code, message);
    }
}
