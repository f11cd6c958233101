package dev.holdfast.examples;

import dev.holdfast.core.NoRetry;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.sdk.TypeRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the words of the files of a folder: a step and a line of text for each file. Killed at any moment, it goes on
 * with the first file that was not counted.
 */
public final class WordCount {
    public static final Task<Input, Result> TASK = Task.named("wordcount", Input.class, Result.class);

    private static final Step<List<String>> LIST = Step.named("list", new TypeRef<List<String>>() {});
    private static final String USAGE = "{\"path\": \"docs\", \"glob\": \"**/*.md\", \"delayMs\": 200}";
    private static final int TOP = 20;
    private static final int NAME_LENGTH = 180;

    private WordCount() {}

    /**
     * @param path the folder
     * @param glob which files, relative to the folder; all if it is missing. {@code **}{@code /*.md} finds the files at
     *     the top too
     * @param delayMs how long each file takes at least, so that there is time to watch; 0 if it is missing
     */
    public record Input(
            String path, @Nullable String glob, @Nullable Long delayMs) {
        /** Refuses what cannot be meant: such a run is not even started. */
        public Input {
            // A property that is missing in the JSON is null here, whatever the type says.
            if (path == null || path.isEmpty()) throw new IllegalArgumentException("path is missing: " + USAGE);
            if (glob != null) FileList.check(glob);
            if (delayMs != null && delayMs < 0) {
                throw new IllegalArgumentException("delayMs cannot be negative, is " + delayMs);
            }
        }
    }

    /**
     * @param files how many
     * @param words in all of them
     * @param top the most frequent, equally frequent ones by name
     */
    public record Result(int files, long words, List<Word> top) {}

    public record Word(String word, long count) {}

    static Handler<Input, Result> handler() {
        return TASK.handle(WordCount::run);
    }

    private static Result run(Context ctx, @Nullable Input input) {
        var job = Job.of(input);
        List<String> files = ctx.step(LIST, s -> FileList.of(job.folder(), job.glob()));
        long words = 0;
        var total = new HashMap<String, Long>();
        for (String file : files) {
            Tally tally = ctx.step(stepName(file), Tally.class, s -> {
                // Half before and half behind the line, so that a kill sometimes hits a step that has sent and not
                // ended.
                Thread.sleep(job.delay().dividedBy(2));
                Tally counted = Tally.of(job.folder().resolve(file));
                s.send(file + " " + counted.words() + " words\n");
                Thread.sleep(job.delay().dividedBy(2));
                return counted;
            });
            words += tally.words();
            tally.counts().forEach((word, count) -> total.merge(word, count, Long::sum));
        }
        return new Result(files.size(), words, top(total));
    }

    /** The end of a long path says more than its beginning. Names need not be unique, only the same in every replay. */
    static String stepName(String file) {
        String tail = file.length() <= NAME_LENGTH ? file : "…" + file.substring(file.length() - NAME_LENGTH);
        return "count " + tail.replaceAll("\\p{Cntrl}", "\uFFFD");
    }

    static List<Word> top(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(e -> new Word(e.getKey(), e.getValue()))
                .sorted(Comparator.comparingLong(Word::count).reversed().thenComparing(Word::word))
                .limit(TOP)
                .toList();
    }

    /** The input with its defaults. */
    private record Job(Path folder, String glob, Duration delay) {
        static Job of(@Nullable Input input) {
            if (input == null) throw new NoRetry("wordcount needs an input: " + USAGE);
            long delay = input.delayMs() == null ? 0 : input.delayMs();
            String glob = input.glob() == null ? "**/*" : input.glob();
            return new Job(Path.of(input.path()), glob, Duration.ofMillis(delay));
        }
    }
}
