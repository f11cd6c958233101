package dev.holdfast.examples.chat;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an endpoint says when it fails: {@code {"error": {"message": …}}}, or whatever else it says. */
final class Complaint {
    private static final int LONGEST = 400;

    private Complaint() {}

    /** The message in the body of an error; the body itself, cut short, if it is of another shape. */
    static String inBody(String body) {
        String message = inEvent(body);
        if (message != null) return message;
        String text = body.strip();
        return text.isEmpty() ? "(nothing said)" : cut(text);
    }

    /** The message of an error, null if this is none. */
    static @Nullable String inEvent(String data) {
        try {
            JsonNode error = JsonMapper.shared().readTree(data).path("error");
            if (error.isMissingNode() || error.isNull()) return null;
            return cut(error.path("message").asString(error.toString()));
        } catch (JacksonException e) {
            return null;
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
