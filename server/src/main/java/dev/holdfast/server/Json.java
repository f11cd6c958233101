package dev.holdfast.server;

import java.io.StringWriter;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** JSON, written and read token by token: nothing here maps objects. */
final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    static String text(Consumer<JsonGenerator> content) {
        var text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            content.accept(out);
        }
        return text.toString();
    }

    /** Why a text is no JSON, in our words: the parser's own speak of its settings. */
    static String reason(JacksonException e) {
        if (e instanceof UnexpectedEndOfInputException) return "it ends in the middle";
        if (e.getOriginalMessage().startsWith("Duplicate")) return "a name is there twice in one object";
        return e instanceof StreamConstraintsException
                ? "a number or a name is too long, or it is nested too deeply"
                : "something there does not belong into JSON";
    }

    static JsonParser parser(String text) {
        return FACTORY.createParser(ObjectReadContext.empty(), text);
    }
}
