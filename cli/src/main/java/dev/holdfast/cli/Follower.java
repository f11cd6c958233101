package dev.holdfast.cli;

import dev.holdfast.core.stream.FrameLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the stream of a run to its end. A connection that is lost is opened again after the last frame that was
 * received, so that nothing is missed and nothing comes twice, also when the server was restarted in between. One that is
 * refused in the middle is not: its key was revoked, and another node may not know it yet.
 */
final class Follower {
    /** The server says something at least every 15 seconds. */
    private static final Duration SILENCE = Duration.ofSeconds(40);
    /** A server that is away for longer is given up. */
    private static final Duration AWAY = Duration.ofSeconds(30);

    private final Api api;
    private final Waiting waiting;

    Follower(Api api, Waiting waiting) {
        this.api = api;
        this.waiting = waiting;
    }

    /**
     * A frame as it was received.
     *
     * @param event chunk, rewind, status, gap, done; refused
     * @param id the cursor after it; empty if it is no place to go on from
     * @param body JSON: {@code {"epoch","step","data"}}
     */
    record Received(String event, String id, String body) {
        /** As one line of JSON. */
        String line() {
            return "{\"event\":\"" + event + "\",\"id\":\"" + id + "\"," + body.substring(1);
        }

        Json data() {
            return Json.parse(body);
        }
    }

    /**
     * Returns when the run has ended.
     *
     * @param from the id of the last frame that was received before; null for the beginning
     * @return the data of the last frame: the last snapshot
     * @throws Failure what the server refuses, also in the middle
     */
    Json follow(String run, @Nullable String from, Consumer<Received> each) {
        String cursor = from;
        var wait = waiting.begin(AWAY);
        while (true) {
            Failure failure;
            Map<String, String> headers = cursor == null ? Map.of() : Map.of("Last-Event-ID", cursor);
            try (InputStream in = api.stream("/v1/runs/" + Api.encode(run) + "/stream", headers, SILENCE)) {
                wait.over();
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
                for (Received frame = next(lines); frame != null; frame = next(lines)) {
                    if (frame.event().equals("refused")) throw refused(frame.data());
                    if (!frame.id().isEmpty()) cursor = frame.id();
                    each.accept(frame);
                    if (frame.event().equals("done")) return frame.data().at("data");
                }
                failure = Failure.unreachable("stream_ended", "the stream of " + run + " ended too early");
            } catch (IOException e) {
                failure = api.notThere(e);
            }
            if (!wait.again(api.base().toString())) throw failure;
        }
    }

    private static Failure refused(Json why) {
        return Failure.refused(why.at("code").text(), why.at("detail").text());
    }

    /** The next frame that came completely; null at the end. */
    private static @Nullable Received next(BufferedReader from) throws IOException {
        var lines = new FrameLines();
        for (String line = from.readLine(); line != null; line = from.readLine()) {
            FrameLines.Sent sent = lines.take(line).orElse(null);
            if (sent != null) return new Received(sent.event(), sent.id(), sent.data());
        }
        return null;
    }
}
