package dev.holdfast.drills;

import dev.holdfast.drills.WatchAccount.Seen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * From frames to text, written for the checker alone: a checker that shared this with the clients would share their
 * mistakes.
 */
final class Fold {
    private static final JsonMapper JSON = new JsonMapper();

    private Fold() {}

    /** The chunks that no later rewind takes back. */
    static List<Seen> standing(List<Seen> frames) {
        var chunks = new ArrayList<Seen>();
        for (Seen frame : frames) {
            if (frame.event().equals("chunk")) chunks.add(frame);
            if (frame.event().equals("rewind")) {
                Set<String> dropped = dropped(frame);
                chunks.removeIf(c -> dropped.contains(c.step()) || dropped.contains("*"));
            }
        }
        return chunks;
    }

    /** The sources whose chunks this rewind takes back. */
    static Set<String> dropped(Seen rewind) {
        var dropped = new HashSet<String>();
        for (JsonNode source : JSON.readTree(rewind.data()).path("drop")) dropped.add(source.asString());
        return dropped;
    }

    /** A string's text is its content, anything else compact JSON and a newline. */
    static String text(List<Seen> chunks) {
        var text = new StringBuilder();
        for (Seen chunk : chunks) {
            JsonNode data = JSON.readTree(chunk.data());
            text.append(data.isString() ? data.asString() : data + "\n");
        }
        return text.toString();
    }
}
