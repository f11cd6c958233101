package dev.holdfast.examples.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** Says what a script has in store, and breaks off where it says so. */
final class Speech {
    /** Long enough to be next to nothing, short enough to notice soon that nobody listens any more. */
    private static final Duration PULSE = Duration.ofMillis(250);

    private final Script script;
    private final Completion completion;
    private final InstantSource clock;
    private final CountDownLatch closed;

    /** @param closed opens when the model is closed: nobody waits any longer */
    Speech(Script script, Completion completion, InstantSource clock, CountDownLatch closed) {
        this.script = script;
        this.completion = completion;
        this.clock = clock;
        this.closed = closed;
    }

    /**
     * In chunks, as server-sent events.
     *
     * @param ask whether it wants the usage, too
     * @throws IOException if the caller has left, or the connection is to be broken
     */
    void stream(OutputStream out, Ask ask) throws IOException {
        int words = script.words().size();
        event(out, completion.opening().toString());
        for (int said = 0; said < words; said++) {
            if (breaksOff(out, said)) return;
            pause(script.pause());
            event(out, completion.chunk(word(said)).toString());
        }
        if (breaksOff(out, words)) return;
        event(out, completion.closing().toString());
        if (ask.usage()) event(out, completion.usage(words).toString());
        event(out, "[DONE]");
    }

    /** At once. */
    ObjectNode whole() throws IOException {
        int words = script.words().size();
        var text = new StringBuilder();
        for (int said = 0; said < words; said++) {
            pause(script.pause());
            text.append(word(said));
        }
        return completion.whole(text.toString(), words);
    }

    /**
     * Says nothing until the caller has left or the model is closed. Whether the caller is there is only seen by writing
     * to it: something that means nothing.
     *
     * @throws IOException always
     */
    void hang(OutputStream out, String nothing) throws IOException {
        while (true) {
            out.write(nothing.getBytes(StandardCharsets.UTF_8));
            out.flush();
            pause(PULSE);
        }
    }

    /** Whether the stream ends here; a break that would come after the last word comes there. */
    private boolean breaksOff(OutputStream out, int said) throws IOException {
        if (!(script.trouble() instanceof Script.After after)) return false;
        if (said != Math.min(after.words(), script.words().size())) return false;
        switch (after.how()) {
            case CUT -> throw new IOException("cut after " + said + " words, as it was told to");
            case HANG -> hang(out, ": nothing\n\n");
            case ERROR -> event(out, failure().json().toString());
        }
        return true;
    }

    /** What goes wrong in a script that is told to. */
    static Refusal failure() {
        return new Refusal(500, "scripted_error", "The script says that this fails.");
    }

    private String word(int index) {
        String word = script.words().get(index);
        if (script.stamped()) word += "·e" + completion.caller().epoch() + "·" + clock.millis();
        return index < script.words().size() - 1 ? word + " " : word;
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void pause(Duration time) throws IOException {
        try {
            if (closed.await(time.toMillis(), TimeUnit.MILLISECONDS)) throw new IOException("the model is closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while speaking", e);
        }
    }
}
