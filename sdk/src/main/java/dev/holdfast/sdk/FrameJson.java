package dev.holdfast.sdk;

import dev.holdfast.core.stream.FrameLines;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What is in a frame that was sent over HTTP. Its data stays as it was written: a number keeps its digits. */
final class FrameJson {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();

    private FrameJson() {}

    static Frames.Received received(FrameLines.Sent sent) {
        @Nullable String step = null;
        String data = "null";
        try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), sent.data())) {
            in.nextToken();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                switch (name) {
                    case "step" -> step = value == JsonToken.VALUE_STRING ? in.getString() : null;
                    case "data" -> data = exact(in);
                    default -> in.skipChildren();
                }
            }
        }
        return new Frames.Received(sent.event(), step, data);
    }

    private static String exact(JsonParser in) {
        var text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            out.copyCurrentStructureExact(in);
        }
        return text.toString();
    }
}
