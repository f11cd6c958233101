package dev.holdfast.engine;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.stream.JsonText;

/** How a snapshot is shown as JSON, in a stream and by the HTTP API: the one encoder, so that both look the same. */
public final class SnapshotJson {
    private SnapshotJson() {}

    /**
     * {@code {"seq":3,"state":"FINISHED","outcome":"SUCCEEDED","epoch":2,"attempt":1,"at":"2026-01-01T00:00:00Z",
     * "cause":"succeed"}}; {@code outcome} is in the last one only.
     */
    public static String encode(Snapshot snapshot) {
        Outcome outcome = snapshot.outcome();
        return "{\"seq\":" + snapshot.seq()
                + ",\"state\":\"" + snapshot.state() + '"'
                + (outcome == null ? "" : ",\"outcome\":\"" + outcome + '"')
                + ",\"epoch\":" + snapshot.epoch()
                + ",\"attempt\":" + snapshot.attempt()
                + ",\"at\":\"" + snapshot.at() + '"'
                + ",\"cause\":" + JsonText.quote(snapshot.cause())
                + '}';
    }
}
