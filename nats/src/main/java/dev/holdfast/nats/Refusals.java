package dev.holdfast.nats;

import dev.holdfast.core.Unavailable;
import io.nats.client.JetStreamApiException;
import java.util.Set;

/**
 * What JetStream refuses, with what to do about it.
 *
 * @param stream whose name is said
 */
record Refusals(String stream) {
    private static final int NO_STREAM = 10059;
    /** Resources of the account, of the server, storage; and a message that could not be stored, for a limit or a disk. */
    private static final Set<Integer> FULL = Set.of(10002, 10023, 10047, 10077);

    Unavailable of(JetStreamApiException e) {
        int code = e.getApiErrorCode();
        if (FULL.contains(code)) {
            return Unavailable.indeterminate(
                    "nats_full",
                    "NATS has no room for the stream " + stream + " (" + e.getMessage()
                            + "): what was sent and is not stored waits. Delete runs, raise the stream's limit ('nats"
                            + " stream edit " + stream + " --max-bytes=…') or its account's, or give JetStream more"
                            + " storage (max_file_store)",
                    e);
        }
        if (code == NO_STREAM) {
            return Unavailable.indeterminate(
                    "nats_stream_missing",
                    "the stream " + stream + " is not in NATS any more: what is sent waits. Restore it ('nats stream"
                            + " restore'), or start a node anew, which makes it again without what was sent before",
                    e);
        }
        return Unavailable.indeterminate("nats_failed", "JetStream does not do that: " + e.getMessage(), e);
    }
}
