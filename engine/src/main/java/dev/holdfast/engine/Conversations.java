package dev.holdfast.engine;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one can ask of conversations. A message is posted by starting a run in the lane of its conversation, see {@link
 * Runs#start}: that run is the turn, its input and its output are the messages, and nothing is stored a second time.
 */
public interface Conversations {
    /** In the order in which they were posted; {@code after} is the last of the previous page, null for the first page. */
    List<Run> oldest(Conversation of, @Nullable RunId after, int limit);

    /** The other way round; {@code before} is the last of the previous page. */
    List<Run> newest(Conversation of, @Nullable RunId before, int limit);

    /** Turns with what was said and answered. One that was deleted meanwhile is left out. */
    List<Turn> said(List<Run> turns);

    /**
     * A turn.
     *
     * @param input JSON: what was said
     * @param output JSON: what was answered; null unless it succeeded
     * @param error null if none of its attempts failed, or it succeeded in the end
     */
    record Turn(
            Run run,
            String input,
            @Nullable String output,
            @Nullable RunError error) {}

    /**
     * Asks for turns to be stopped: of all those together, or none. Durable when it returns. What is posted later is not
     * meant, also not by a repetition with the same request id.
     *
     * @return the turns that were told to stop
     * @throws Refused {@code request_id_reused}
     */
    List<RunId> cancel(Conversation of, Which which, @Nullable String requestId);

    /** Which turns. */
    enum Which {
        /** The one that has begun and has not ended. */
        CURRENT,
        /** That, and all that wait. */
        ALL
    }

    /**
     * Watches a conversation, turn by turn, and what comes after them. Each frame is one of a turn's, as {@link Runs#watch}
     * gives it, with the cursor of that run as its id; beside them there is {@code waiting}, whose data names the turns that
     * wait in line, <code>{"turns":["run_…"]}</code>, and whose id is that of the last frame of a turn. It does not end.
     *
     * @param after the id of the last frame that was received; null or {@code 0} for the first turn, {@code now} for what
     *     comes from now on
     * @throws Refused {@code cursor_unknown} if it is not a position of a turn of this conversation
     */
    Watch watch(Conversation of, @Nullable String after);
}
