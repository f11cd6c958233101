package dev.holdfast.sql;

import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Small values that are stored as text in one column. */
public final class Texts {
    private static final JsonMapper JSON = new JsonMapper();

    private Texts() {}

    public static @Nullable String list(List<String> texts) {
        return texts.isEmpty() ? null : JSON.writeValueAsString(texts);
    }

    public static List<String> list(@Nullable String json) {
        if (json == null) return List.of();
        var all = new ArrayList<String>();
        JSON.readTree(json).forEach(e -> all.add(e.asString()));
        return all;
    }

    public static String sources(List<Source> sources) {
        return JSON.writeValueAsString(sources.stream().map(Source::toString).toList());
    }

    public static List<Source> sources(@Nullable String json) {
        return list(json).stream().map(Source::parse).toList();
    }

    /** {@code last|sources}, last being empty if it is not known. */
    public static String end(StreamEnd end) {
        return (end.last() == null ? "" : end.last()) + "|" + sources(end.drop());
    }

    public static StreamEnd end(String text) {
        int bar = text.indexOf('|');
        return new StreamEnd(
                bar == 0 ? null : (Long) Long.parseLong(text, 0, bar, 10), sources(text.substring(bar + 1)));
    }

    /** {@code need key,key}; keys that follow one another are {@code first-last}. */
    public static String waiting(Waiting waiting) {
        var text = new StringBuilder(waiting.need().name());
        List<StepKey> keys = waiting.keys();
        for (int i = 0; i < keys.size(); i++) {
            int last = i;
            while (last + 1 < keys.size() && follows(keys.get(last), keys.get(last + 1))) last++;
            text.append(i == 0 ? ' ' : ',').append(keys.get(i));
            if (last > i) text.append('-').append(keys.get(last));
            i = last;
        }
        return text.toString();
    }

    private static boolean follows(StepKey one, StepKey other) {
        return one.number() > 0 && other.number() == one.number() + 1;
    }

    public static @Nullable Waiting waiting(@Nullable String text) {
        if (text == null) return null;
        int space = text.indexOf(' ');
        var keys = new ArrayList<StepKey>();
        for (String part : text.substring(space + 1).split(",", -1)) {
            int dash = part.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
            for (int n = first; n <= last; n++) keys.add(StepKey.of(n));
        }
        return new Waiting(Waiting.Need.valueOf(text.substring(0, space)), keys);
    }

    /** {@code kind what}; nothing for a step that never waited, or that waits for its next try. */
    public static @Nullable String wait(@Nullable Wait wait) {
        return switch (wait) {
            case null -> null;
            case Wait.Turn w -> null;
            case Wait.Time w -> "time";
            case Wait.Signal w -> "signal " + w.name();
            case Wait.Token w -> "token " + w.id();
            case Wait.Child w -> "child " + w.run();
        };
    }

    public static @Nullable Wait wait(@Nullable String text, @Nullable Instant until) {
        if (text == null) return until == null ? null : new Wait.Turn(until);
        int space = text.indexOf(' ');
        String what = text.substring(space + 1);
        return switch (space < 0 ? text : text.substring(0, space)) {
            case "time" -> new Wait.Time(ended(text, until));
            case "signal" -> new Wait.Signal(what, until);
            case "token" -> new Wait.Token(what, ended(text, until));
            case "child" -> new Wait.Child(RunId.parse(what).orElseThrow());
            default -> throw new IllegalStateException("no wait is written as '" + text + "'");
        };
    }

    private static Instant ended(String text, @Nullable Instant until) {
        if (until == null) throw new IllegalStateException("a wait '" + text + "' without an end");
        return until;
    }

    /** {@code attempts first factor cap jitter giveUpAfter maxDuration}; a duration is {@code seconds.nanos} or {@code -}. */
    public static String policy(Run.Policy policy) {
        Retry retry = policy.retry();
        return retry.maxAttempts() + " " + duration(retry.first()) + " " + retry.factor() + " " + duration(retry.cap())
                + " " + retry.jitter() + " " + duration(policy.giveUpAfter()) + " "
                + (policy.maxDuration() == null ? "-" : duration(policy.maxDuration()));
    }

    public static Run.Policy policy(String text) {
        String[] parts = text.split(" ", -1);
        var retry = new Retry(
                Integer.parseInt(parts[0]),
                duration(parts[1]),
                Double.parseDouble(parts[2]),
                duration(parts[3]),
                Double.parseDouble(parts[4]));
        return new Run.Policy(retry, duration(parts[5]), parts[6].equals("-") ? null : duration(parts[6]));
    }

    private static String duration(Duration duration) {
        return duration.getSeconds() + "." + duration.getNano();
    }

    private static Duration duration(String text) {
        int dot = text.indexOf('.');
        return Duration.ofSeconds(Long.parseLong(text, 0, dot, 10), Long.parseLong(text, dot + 1, text.length(), 10));
    }

    public static @Nullable String deadlines(Deadlines deadlines) {
        if (deadlines.byName().isEmpty()) return null;
        var text = new StringBuilder();
        for (Map.Entry<Deadlines.Name, Instant> entry : deadlines.byName().entrySet()) {
            if (!text.isEmpty()) text.append(' ');
            text.append(entry.getKey()).append('=').append(entry.getValue().toEpochMilli());
        }
        return text.toString();
    }

    public static Deadlines deadlines(@Nullable String text) {
        var deadlines = Deadlines.NONE;
        if (text == null) return deadlines;
        for (String part : text.split(" ", -1)) {
            int equals = part.indexOf('=');
            deadlines = deadlines.with(
                    Deadlines.Name.valueOf(part.substring(0, equals)),
                    Instant.ofEpochMilli(Long.parseLong(part, equals + 1, part.length(), 10)));
        }
        return deadlines;
    }
}
