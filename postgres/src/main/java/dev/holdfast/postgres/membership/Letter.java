package dev.holdfast.postgres.membership;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** What is to be said to one node at once: each word once, as many as one notification takes, and whether there was more. */
final class Letter {
    /** PostgreSQL takes 7,999 bytes. */
    private static final int LARGEST = 7_900;

    private final Set<String> words = new LinkedHashSet<>();
    private int bytes;
    private boolean more;

    void add(Word word) {
        String text = word.text();
        int size = text.getBytes(StandardCharsets.UTF_8).length + 1;
        if (words.contains(text)) return;
        if (bytes + size > LARGEST) {
            more = true;
            return;
        }
        words.add(text);
        bytes += size;
    }

    String text() {
        String all = String.join("\n", words);
        return more ? all + "\n" + new Word.More().text() : all;
    }
}
