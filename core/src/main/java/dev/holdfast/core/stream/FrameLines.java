package dev.holdfast.core.stream;

import java.util.Optional;

/**
 * Takes what a server sends of a run, line by line (Server-Sent Events), and gives the frames in it. Of a connection that
 * breaks, a frame whose end did not come is no frame: so each connection needs one of these.
 *
 * <p>Not safe for several threads.
 */
public final class FrameLines {
    private String event = "";
    private String id = "";
    private String data = "";

    /**
     * A frame as it was sent.
     *
     * @param event chunk, rewind, status, gap, done; refused; or what a newer server may send
     * @param id the cursor after it; empty if it is no place to go on from
     * @param data JSON: {@code {"epoch","step","data"}}; of refused {@code {"code","detail"}}
     */
    public record Sent(String event, String id, String data) {}

    /** Takes the next line, without its end; gives the frame that it ends, if it ends one. */
    public Optional<Sent> take(String line) {
        if (line.isEmpty()) {
            var sent = new Sent(event, id, data);
            event = "";
            id = "";
            data = "";
            return sent.data().isEmpty() ? Optional.empty() : Optional.of(sent);
        }
        if (line.startsWith("event: ")) event = line.substring(7);
        else if (line.startsWith("id: ")) id = line.substring(4);
        else if (line.startsWith("data: ")) data = line.substring(6);
        return Optional.empty();
    }
}
