package dev.holdfast.drills;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;

/** What keeps a drill from going on, as a sentence: it is a finding like others. */
final class Trouble {
    private Trouble() {}

    static String of(Exception trouble) {
        Throwable cause = trouble.getCause();
        return told(trouble instanceof CompletionException && cause != null ? cause : trouble);
    }

    private static String told(Throwable why) {
        // Those that the drills throw themselves say what has happened.
        boolean own = why instanceof IllegalStateException
                || why instanceof UncheckedIOException
                || why instanceof Client.RefusedException;
        return own ? String.valueOf(why.getMessage()) : "the drill could not go on: " + why;
    }
}
