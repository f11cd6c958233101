package dev.holdfast.cli;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a queue, or one lane of it, to be changed.
 *
 * @param queue its name
 * @param lane null for the whole queue
 * @param body what it is to become
 */
record QueueChange(String queue, @Nullable String lane, String body) {
    /** What it has become, in JSON. */
    String ask(Client client) {
        String path = "/v1/queues/" + Api.encode(queue) + (lane == null ? "" : "/lanes/" + Api.encode(lane));
        var request = new Api.Request("PATCH", path, body, UUID.randomUUID().toString());
        return client.api().send(request, Api.Patience.SHORT).body();
    }

    /** For people. */
    String what() {
        return lane == null ? "queue '" + queue + "'" : "lane '" + lane + "' of queue '" + queue + "'";
    }
}
