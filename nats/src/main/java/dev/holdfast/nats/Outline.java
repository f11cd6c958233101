package dev.holdfast.nats;

import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of a message are, without their data, as the text of a header: words with spaces between. {@code 3/1} is a
 * chunk of that source, and {@code 3/1*4} are four; {@code -3/1,4/2} is a rewind, whose drop is in the body if it says {@code
 * -@}; {@code ?12} is a gap.
 *
 * <p>The body has the data of the chunks, and of such rewinds, with a NUL between: no data contains one.
 */
final class Outline {
    /** In characters; the rest of a header is small, and NATS takes 64 KB. */
    static final int LARGEST_REWIND = 4_000;

    private static final String IN_BODY = "-@";

    private Outline() {}

    /** The word for one of them. */
    static String word(Item item) {
        return switch (item) {
            case Item.Chunk chunk -> word(chunk.source());
            case Item.Rewind rewind -> {
                String drop = drop(rewind);
                yield drop.length() > LARGEST_REWIND ? IN_BODY : "-" + drop;
            }
            case Item.Gap gap -> "?" + gap.missing();
        };
    }

    /** What one of them has in the body; null for nothing. */
    static byte @Nullable [] data(Item item) {
        return switch (item) {
            case Item.Chunk chunk -> chunk.data().getBytes(StandardCharsets.UTF_8);
            case Item.Rewind rewind ->
                word(rewind).equals(IN_BODY) ? drop(rewind).getBytes(StandardCharsets.UTF_8) : null;
            case Item.Gap gap -> null;
        };
    }

    private static String drop(Item.Rewind rewind) {
        return rewind.drop().stream().map(Outline::word).collect(Collectors.joining(","));
    }

    private static String word(Source source) {
        return URLEncoder.encode(source.key().path(), StandardCharsets.UTF_8) + "/" + source.tries();
    }

    static String write(List<Item> items) {
        var words = new ArrayList<String>();
        String same = "";
        int times = 0;
        for (Item item : items) {
            String word = word(item);
            if (item instanceof Item.Chunk && word.equals(same)) {
                times++;
                words.set(words.size() - 1, word + "*" + times);
            } else {
                words.add(word);
                same = item instanceof Item.Chunk ? word : "";
                times = 1;
            }
        }
        return String.join(" ", words);
    }

    /** Whether what this says can only be known with the body. */
    static boolean needsBody(String outline) {
        return (" " + outline + " ").contains(" " + IN_BODY + " ");
    }

    /** @param data of the body, in order; of chunks it is empty if there is no more of it */
    static List<Item> read(String outline, Iterator<String> data) {
        var items = new ArrayList<Item>();
        for (String word : outline.split(" ", -1)) {
            if (word.startsWith("-")) {
                items.add(new Item.Rewind(sources(word.equals(IN_BODY) ? data.next() : word.substring(1))));
            } else if (word.startsWith("?")) {
                items.add(new Item.Gap(Long.parseLong(word.substring(1))));
            } else {
                int star = word.indexOf('*');
                Source source = source(star < 0 ? word : word.substring(0, star));
                int times = star < 0 ? 1 : Integer.parseInt(word.substring(star + 1));
                for (int i = 0; i < times; i++) items.add(new Item.Chunk(source, data.hasNext() ? data.next() : ""));
            }
        }
        return items;
    }

    private static List<Source> sources(String drop) {
        var sources = new ArrayList<Source>();
        if (!drop.isEmpty()) for (String each : drop.split(",", -1)) sources.add(source(each));
        return sources;
    }

    private static Source source(String word) {
        int slash = word.lastIndexOf('/');
        String path = URLDecoder.decode(word.substring(0, slash), StandardCharsets.UTF_8);
        return new Source(new StepKey(path), Integer.parseInt(word.substring(slash + 1)));
    }
}
