package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.stream.Source;

/** Sends chunks of a run. */
record Chunks(Attempt attempt, Codec codec, Leaving leaving) {
    /**
     * The chunk as it will be stored. Asked for also where nothing is sent, so that a bad chunk is refused in every
     * replay.
     */
    String json(Object chunk) {
        String json = codec.encode(chunk);
        int bytes = Text.bytes(json);
        if (bytes > Defaults.CHUNK_LIMIT) {
            throw new IllegalArgumentException(
                    "A chunk of %d bytes of JSON is too large: the limit is %d. Send it in pieces."
                            .formatted(bytes, Defaults.CHUNK_LIMIT));
        }
        return json;
    }

    void send(Source source, String json) {
        leaving.ask(() -> {
            attempt.send(source, json);
            return true;
        });
    }
}
