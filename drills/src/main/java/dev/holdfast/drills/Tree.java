package dev.holdfast.drills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A folder of text files, and what the example task {@code wordcount} must say of it: counted here once more, by other
 * code, so that a wrong answer is noticed and not only a different one.
 */
public final class Tree {
    private static final List<String> WORDS = List.of(
            "anchor", "bell", "beacon", "cable", "cleat", "compass", "crew", "deck", "ebb", "fathom", "fog", "gale",
            "harbour", "helm", "hold", "hull", "keel", "knot", "lantern", "lee", "log", "mast", "mooring", "oar",
            "pilot", "quay", "reef", "rope", "sail", "shoal", "tide", "wake", "watch", "wind");
    private static final Pattern WORD = Pattern.compile("\\p{L}+");
    private static final int TOP = 20;

    private Tree() {}

    /**
     * Writes a tree of small text files.
     *
     * @param folder is made if need be
     * @param files how many; about ten in each sub-folder
     */
    public static void generate(Path folder, int files, RandomGenerator random) {
        try {
            for (int i = 0; i < files; i++) {
                Path file = folder.resolve("part-%02d".formatted(i / 10)).resolve("leaf-%04d.md".formatted(i));
                Files.createDirectories(file.getParent());
                Files.writeString(file, text(random));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the files to count: " + e.getMessage(), e);
        }
    }

    private static String text(RandomGenerator random) {
        var text = new StringBuilder();
        int words = 20 + random.nextInt(60);
        for (int i = 0; i < words; i++) {
            // Squaring prefers the front of the list, so that the top of the count has an order.
            double dice = random.nextDouble();
            text.append(WORDS.get((int) (dice * dice * WORDS.size()))).append(i % 12 == 11 ? ".\n" : " ");
        }
        return text.toString();
    }

    /** The result of {@code wordcount} for all files of this folder whose name ends so; JSON. */
    public static String counted(Path folder, String suffix) {
        try (var walk = Files.walk(folder)) {
            List<Path> files = walk.filter(Files::isRegularFile)
                    .filter(f -> f.toString().endsWith(suffix))
                    .toList();
            var counts = new HashMap<String, Long>();
            long words = 0;
            for (Path file : files) {
                var matcher = WORD.matcher(Files.readString(file));
                while (matcher.find()) {
                    counts.merge(matcher.group().toLowerCase(Locale.ROOT), 1L, Long::sum);
                    words++;
                }
            }
            return json(files.size(), words, counts);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot count " + folder + ": " + e.getMessage(), e);
        }
    }

    private static String json(int files, long words, Map<String, Long> counts) {
        var order = Comparator.comparingLong((Map.Entry<String, Long> e) -> -e.getValue())
                .thenComparing(Map.Entry::getKey);
        var sorted = new ArrayList<>(counts.entrySet());
        sorted.sort(order);
        var mapper = new JsonMapper();
        ObjectNode result = mapper.createObjectNode();
        result.put("files", files);
        result.put("words", words);
        var top = result.putArray("top");
        for (var entry : sorted.subList(0, Math.min(TOP, sorted.size()))) {
            top.addObject().put("word", entry.getKey()).put("count", entry.getValue());
        }
        // As text, so that a number is a number, however wide it is in memory.
        return mapper.writeValueAsString(result);
    }
}
