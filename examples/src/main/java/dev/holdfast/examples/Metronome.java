package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Beats: each beat is a step that lasts for a while. It tells who did each of them, and writes into a file when user code
 * began and ended, whether that was recorded or not: what a drill compares with what was recorded.
 */
public final class Metronome {
    public static final Task<Input, Result> TASK = Task.named("metronome", Input.class, Result.class);

    private static final String USAGE = "{\"beats\": 20, \"millis\": 50}";

    private Metronome() {}

    /**
     * @param beats how many
     * @param millis how long each of them lasts
     * @param log the file; nothing is written if it is missing. A line is {@code begin RUN BEAT EPOCH PID MICROS} or {@code
     *     end …}, by the machine's clock
     */
    public record Input(int beats, long millis, @Nullable String log) {
        /** Refuses what cannot be meant: such a run is not even started. */
        public Input {
            if (beats < 1 || millis < 0) throw new IllegalArgumentException("that is no beat: " + USAGE);
        }
    }

    public record Result(List<Beat> beats) {}

    /**
     * A beat, as it was recorded.
     *
     * @param epoch in which it was done
     * @param pid of the process that did it
     */
    public record Beat(long epoch, long pid) {}

    static Handler<Input, Result> handler() {
        return TASK.handle(Metronome::run);
    }

    private static Result run(Context ctx, @Nullable Input input) {
        if (input == null) throw new NoRetry("metronome needs an input: " + USAGE);
        var log = new Log(
                input.log() == null ? null : Path.of(input.log()), ctx.runId().toString());
        var beats = new ArrayList<Beat>();
        for (int i = 1; i <= input.beats(); i++) {
            int number = i;
            beats.add(ctx.step("beat", Beat.class, s -> {
                var beat = new Beat(s.epoch(), ProcessHandle.current().pid());
                log.write("begin", number, beat);
                Thread.sleep(input.millis());
                log.write("end", number, beat);
                return beat;
            }));
        }
        return new Result(beats);
    }

    private record Log(@Nullable Path file, String run) {
        /** In one piece: many processes append to the file. */
        void write(String what, int number, Beat beat) throws IOException {
            if (file == null) return;
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            String line = "%s %s %d %d %d %d\n".formatted(what, run, number, beat.epoch(), beat.pid(), micros);
            Files.write(
                    file,
                    line.getBytes(StandardCharsets.US_ASCII),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
