package dev.holdfast.sqlite;

import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Run;
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
final class Texts {
    private static final JsonMapper JSON = new JsonMapper();

    private Texts() {}

    static @Nullable String list(List<String> texts) {
        return texts.isEmpty() ? null : JSON.writeValueAsString(texts);
    }

    static List<String> list(@Nullable String json) {
        if (json == null) return List.of();
        var all = new ArrayList<String>();
        JSON.readTree(json).forEach(e -> all.add(e.asString()));
        return all;
    }

    static String sources(List<Source> sources) {
        return JSON.writeValueAsString(sources.stream().map(Source::toString).toList());
    }

    static List<Source> sources(@Nullable String json) {
        return list(json).stream().map(Source::parse).toList();
    }

    /** {@code last|sources}, last being empty if it is not known. */
    static String end(StreamEnd end) {
        return (end.last() == null ? "" : end.last()) + "|" + sources(end.drop());
    }

    static StreamEnd end(String text) {
        int bar = text.indexOf('|');
        return new StreamEnd(
                bar == 0 ? null : (Long) Long.parseLong(text, 0, bar, 10), sources(text.substring(bar + 1)));
    }

    /** {@code attempts first factor cap jitter giveUpAfter maxDuration}; a duration is {@code seconds.nanos} or {@code -}. */
    static String policy(Run.Policy policy) {
        Retry retry = policy.retry();
        return retry.maxAttempts() + " " + duration(retry.first()) + " " + retry.factor() + " " + duration(retry.cap())
                + " " + retry.jitter() + " " + duration(policy.giveUpAfter()) + " "
                + (policy.maxDuration() == null ? "-" : duration(policy.maxDuration()));
    }

    static Run.Policy policy(String text) {
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

    static @Nullable String deadlines(Deadlines deadlines) {
        if (deadlines.byName().isEmpty()) return null;
        var text = new StringBuilder();
        for (Map.Entry<Deadlines.Name, Instant> entry : deadlines.byName().entrySet()) {
            if (!text.isEmpty()) text.append(' ');
            text.append(entry.getKey()).append('=').append(entry.getValue().toEpochMilli());
        }
        return text.toString();
    }

    static Deadlines deadlines(@Nullable String text) {
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
