package dev.holdfast.sdk;

import java.util.Iterator;

/**
 * What a run sends, as text. It follows the run until its end and resumes by itself.
 *
 * <p>A chunk that is a string is its own text; anything else is compact JSON and a newline. What was sent and then did
 * not stand (its producer died, its step was tried again) is taken back:
 *
 * <pre>{@code
 * try (RunStream stream = run.stream()) {
 *     for (String piece : stream) {
 *         if (stream.rewinds() > seen) { screen.clear(); seen = stream.rewinds(); }
 *         screen.append(piece);
 *     }
 *     save(stream.text());
 * }
 * }</pre>
 *
 * <p>One thread iterates. {@link #close()} may be called from any thread and ends a waiting iterator.
 */
public interface RunStream extends Iterable<String>, AutoCloseable {
    /**
     * The pieces of text as they come; waits for the next one; ends with the run. After something was taken back, the
     * next piece is the whole text that stands, again, and {@link #rewinds()} has grown. Can be asked for once.
     *
     * @throws IllegalStateException if it was asked for before
     */
    @Override
    Iterator<String> iterator();

    /** The text that stands, as far as the iterator has come. After the end it is the text of the run. */
    String text();

    /** How often something was taken back so far. */
    int rewinds();

    /**
     * How many entries that stood are lost so far, where they would have come: their log has lost them, in a crash or a move to
     * another one. 0 if the text is whole.
     */
    long missing();

    @Override
    void close();
}
