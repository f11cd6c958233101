package dev.holdfast.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Retry;
import dev.holdfast.core.StepFailed;
import dev.holdfast.core.StepRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random programs, whose process dies at random writes, end as if nothing had happened: the same result, the same text,
 * each key recorded once ({@link MemoryRun} refuses a second record).
 */
class RandomProgramsTest {
    private static final int SEEDS = 500;

    /** What a program does next. */
    private sealed interface Act {
        /** @param failures tries that fail, of two that it has; {@code badAttempts} attempts in which it gives up */
        record Work(String name, int sends, int failures, int badAttempts) implements Act {}

        record Caught(String name) implements Act {}

        record Say(String text) implements Act {}

        record Ask(Question question) implements Act {}
    }

    private enum Question {
        NOW,
        RANDOM,
        CHANGED
    }

    @Test
    void a_program_that_dies_ends_as_if_it_had_not() {
        Long one = Long.getLong("seed");
        LongStream seeds = one != null ? LongStream.of(one) : LongStream.range(0, SEEDS);
        int crashes = seeds.mapToInt(seed -> {
                    try {
                        return check(seed);
                    } catch (Throwable e) {
                        throw new AssertionError("seed " + seed + " failed; repeat it with -Dseed=" + seed, e);
                    }
                })
                .sum();
        if (one == null) assertThat(crashes).isGreaterThan(SEEDS);
    }

    private static int check(long seed) {
        var dice = new Random(seed);
        List<Act> program = program(dice);
        var task = Task.named("program", String.class, String.class).retry(Retry.fixed(4, Duration.ZERO));
        Handler<String, String> handler = task.handle((ctx, in) -> perform(ctx, program));

        var undisturbed = new MemoryRun();
        Ending truth = undisturbed.finish(handler, "\"\"");

        var run = new MemoryRun();
        int left = 1 + dice.nextInt(12);
        int crashes = 0;
        Ending ending = null;
        while (ending == null) {
            run.crashIn = crashes < left ? dice.nextInt(12) : -1;
            int before = run.attempts;
            try {
                Ending end = run.run(handler, "\"\"");
                if (end instanceof Ending.Threw threw && threw.error().retryable() && before < 4) {
                    run.attempts++;
                    threw.toHistory().forEach(run.records::remove);
                } else {
                    ending = end;
                }
            } catch (MemoryRun.Crash e) {
                crashes++;
            }
        }
        assertThat(comparable(ending)).isEqualTo(comparable(truth));
        assertThat(run.text()).isEqualTo(undisturbed.text());
        assertThat(run.attempts).isEqualTo(undisturbed.attempts);
        assertThat(outline(run)).isEqualTo(outline(undisturbed));
        return crashes;
    }

    /** The stack is that of one epoch. */
    private static String comparable(Ending ending) {
        return ending instanceof Ending.Threw threw ? threw.error().message() + threw.toHistory() : ending.toString();
    }

    private static List<String> outline(MemoryRun run) {
        return run.records.values().stream().map(RandomProgramsTest::outline).toList();
    }

    private static String outline(StepRecord r) {
        return r.key() + " " + r.name() + " " + r.status() + " " + r.tries() + " " + r.result();
    }

    private static List<Act> program(Random dice) {
        var acts = new ArrayList<Act>();
        int length = 1 + dice.nextInt(8);
        for (int i = 0; i < length; i++) {
            acts.add(
                    switch (dice.nextInt(6)) {
                        case 0, 1 -> new Act.Work("work" + i, dice.nextInt(3), dice.nextInt(2), 0);
                        case 2 -> new Act.Work("work" + i, dice.nextInt(3), dice.nextInt(2), dice.nextInt(4) - 1);
                        case 3 -> new Act.Caught("caught" + i);
                        case 4 -> new Act.Say("say" + i + ";");
                        default -> new Act.Ask(Question.values()[dice.nextInt(Question.values().length)]);
                    });
        }
        return acts;
    }

    private static String perform(Context ctx, List<Act> program) {
        var result = new StringBuilder();
        for (Act act : program) {
            result.append(
                    switch (act) {
                        case Act.Work work -> work(ctx, work);
                        case Act.Caught caught -> caught(ctx, caught);
                        case Act.Say say -> {
                            ctx.send(say.text());
                            yield "";
                        }
                        case Act.Ask ask ->
                            switch (ask.question()) {
                                case NOW -> ctx.now().toString();
                                case RANDOM -> Long.toString(ctx.random().nextLong());
                                case CHANGED -> Boolean.toString(ctx.changed("change"));
                            };
                    });
            result.append(' ');
        }
        return result.toString();
    }

    private static String work(Context ctx, Act.Work work) {
        var step = Step.named(work.name(), String.class).retry(Retry.fixed(2, Duration.ofSeconds(1)));
        return ctx.step(step, s -> {
            for (int i = 0; i < work.sends(); i++) s.send(work.name() + "." + s.attempt() + "." + i + ";");
            if (s.attempt() <= work.failures() || ctx.attempt() <= work.badAttempts()) {
                throw new IOException(work.name() + " fails");
            }
            return work.name() + "/" + s.attempt();
        });
    }

    private static String caught(Context ctx, Act.Caught caught) {
        try {
            ctx.step(caught.name(), s -> {
                s.send(caught.name() + ";");
                throw new IOException("expected");
            });
            return "impossible";
        } catch (StepFailed e) {
            return String.valueOf(e.getMessage());
        }
    }
}
