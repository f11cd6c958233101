package dev.holdfast.drills;

import dev.holdfast.drills.WatchAccount.Seen;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chunk of a recital, as it says itself where it belongs and who has sent it.
 *
 * @param part from 1
 * @param number within its part, from 1
 * @param epoch in which it was sent
 * @param pid of the process that sent it
 * @param micros when it was sent, since 1970
 */
public record Line(Seen seen, int part, int number, long epoch, long pid, long micros) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Those among these frames, in their order. */
    public static Stream<Line> of(List<Seen> frames) {
        return frames.stream().filter(frame -> frame.event().equals("chunk")).map(Line::of);
    }

    private static Line of(Seen chunk) {
        JsonNode data = JSON.readTree(chunk.data());
        return new Line(
                chunk,
                data.path("part").asInt(0),
                data.path("number").asInt(0),
                data.path("epoch").asLong(0),
                data.path("pid").asLong(0),
                data.path("micros").asLong(0));
    }
}
