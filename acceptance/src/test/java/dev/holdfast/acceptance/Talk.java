package dev.holdfast.acceptance;

import dev.holdfast.core.Retry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Signal;
import dev.holdfast.sdk.Task;
import java.time.Duration;

/** A turn of a conversation: it speaks slowly; every third one waits for somebody, every fourth one fails at first. */
final class Talk {
    record Turn(String thread, int number) {}

    static final Signal<Boolean> GO_ON = Signal.named("go on", Boolean.class);
    static final Task<Turn, String> TASK = Task.named("talk", Turn.class, String.class)
            .serialLane(turn -> "thread:" + turn.thread())
            .giveUpAfter(Duration.ofMillis(20))
            .retry(Retry.fixed(2, Duration.ofMillis(300)));

    private static final int WORDS = 6;

    private Talk() {}

    static String answer(Context ctx, Turn turn) {
        ctx.send("turn " + turn.number() + ": ");
        if (turn.number() % 3 == 0) ctx.await(GO_ON, Duration.ofMillis(700));
        if (turn.number() % 4 == 0 && ctx.attempt() == 1) throw new IllegalStateException("what?");
        ctx.step("answer", s -> {
            for (int i = 1; i <= WORDS; i++) {
                s.send("word" + i + " ");
                Thread.sleep(30);
            }
        });
        ctx.send("over");
        return "answer " + turn.number();
    }

    /** What is said in a turn. */
    static String text(int number) {
        var text = new StringBuilder("turn " + number + ": ");
        // The text of an attempt that failed before it had recorded anything does not stand.
        for (int i = 1; i <= WORDS; i++) text.append("word").append(i).append(' ');
        return text.append("over").toString();
    }
}
