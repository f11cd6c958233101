package dev.holdfast.engine;

import dev.holdfast.core.RunId;
import dev.holdfast.core.StepRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the step that opens a token records: whoever replays it has the same token. */
final class TokenRecord {
    private static final String PREFIX = "tok_";
    private static final String BEFORE_ID = "{\"id\":\"";

    private TokenRecord() {}

    static String newId(RunId unique) {
        return PREFIX + unique.toString().substring("run_".length());
    }

    static String json(String id, Instant until) {
        return BEFORE_ID + id + "\",\"until\":\"" + until + "\"}";
    }

    /** The token that this step has opened; null if it has opened none. Nothing else marks such a step. */
    static @Nullable String idOf(StepRecord step) {
        String result = step.result();
        if (result == null
                || !result.startsWith(BEFORE_ID + PREFIX)
                || !step.name().startsWith("token ")) return null;
        return result.substring(BEFORE_ID.length(), result.indexOf('"', BEFORE_ID.length()));
    }
}
