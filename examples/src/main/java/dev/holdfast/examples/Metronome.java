package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Beats: each beat is a step that lasts for a while. It tells who did each of them, and writes into a file when user code
 * began and ended, whether that was recorded or not, and when it left before it was done: what a drill compares with what was
 * recorded.
 */
public final class Metronome {
    public static final Task<Input, Result> TASK = Task.named("metronome", Input.class, Result.class);

    private static final String USAGE = "{\"beats\": 20, \"millis\": 50}";
    /** How long code stays that ignores that it is to leave, unless its process ends. */
    private static final Duration STAYS = Duration.ofSeconds(20);

    private static final Duration SIGN = Duration.ofMillis(10);

    private Metronome() {}

    /**
     * @param beats how many
     * @param millis how long each of them lasts
     * @param log the file; nothing is written if it is missing. A line is {@code begin RUN BEAT EPOCH PID MICROS}, {@code end …},
     *     {@code left …} of code that leaves before it is done, or {@code stays …} of code that does not, by the machine's clock
     * @param stays whether it ignores for a while that it is to leave, as bad code does; not if it is missing
     */
    public record Input(
            int beats,
            long millis,
            @Nullable String log,
            @Nullable Boolean stays) {
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

    private static Result run(Context ctx, @Nullable Input input) throws IOException {
        if (input == null) throw new NoRetry("metronome needs an input: " + USAGE);
        var log = new Log(
                input.log() == null ? null : Path.of(input.log()), ctx.runId().toString());
        try {
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
        } catch (Throwable leaving) {
            if (Boolean.TRUE.equals(input.stays())) stay(log);
            log.tell("left");
            throw leaving;
        }
    }

    /** Whoever tells it to leave, and how often. */
    private static void stay(Log log) throws IOException {
        long until = System.nanoTime() + STAYS.toNanos();
        while (System.nanoTime() - until < 0) {
            log.tell("stays");
            LockSupport.parkNanos(SIGN.toNanos());
            Thread.interrupted();
        }
    }

    private static final class Log {
        private final @Nullable Path file;
        private final String run;
        private volatile @Nullable String last;

        Log(@Nullable Path file, String run) {
            this.file = file;
            this.run = run;
        }

        void write(String what, int number, Beat beat) throws IOException {
            String beats = "%s %d %d %d".formatted(run, number, beat.epoch(), beat.pid());
            last = beats;
            append(what, beats);
        }

        /** Of the beat that it was at; nothing if there was none. */
        void tell(String what) throws IOException {
            String beats = last;
            if (beats != null) append(what, beats);
        }

        /** In one piece, since many processes append to the file; and by no channel, which an interrupt would close. */
        private void append(String what, String beats) throws IOException {
            if (file == null) return;
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            String line = "%s %s %d\n".formatted(what, beats, micros);
            try (var out = new FileOutputStream(file.toFile(), true)) {
                out.write(line.getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
