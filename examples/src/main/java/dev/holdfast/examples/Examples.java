package dev.holdfast.examples;

import dev.holdfast.examples.chat.Chat;
import dev.holdfast.sdk.Hosted;
import java.util.List;

/** The tasks that come with Holdfast: what {@code dev} hosts, so that there is something to run. */
public final class Examples {
    private Examples() {}

    /** All of them. */
    public static List<Hosted> all() {
        return List.of(
                WordCount.handler(),
                Noop.handler(),
                Flaky.handler(),
                Approval.handler(),
                Fanout.handler(),
                Fanout.part(),
                Sleeper.handler(),
                Metronome.handler(),
                Recital.handler(),
                Chat.handler(System.getenv()));
    }
}
