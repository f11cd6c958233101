package dev.holdfast.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The words of one file.
 *
 * @param words how many
 * @param counts how often each occurs, in lower case
 */
record Tally(long words, Map<String, Long> counts) {
    private static final Pattern WORD = Pattern.compile("\\p{L}+");

    /** Reads UTF-8; what is not, is no letter. */
    static Tally of(Path file) throws IOException {
        try (var in = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            long words = 0;
            var counts = new TreeMap<String, Long>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                var matcher = WORD.matcher(line);
                while (matcher.find()) {
                    words++;
                    counts.merge(matcher.group().toLowerCase(Locale.ROOT), 1L, Long::sum);
                }
            }
            return new Tally(words, counts);
        }
    }
}
