package dev.holdfast.core;

/** Text as every store can keep it: what is read back is what was written. */
final class Text {
    private Text() {}

    /** At most {@code limit} characters, the last one an ellipsis if some are missing; never half of a pair. */
    static String cut(String text, int limit) {
        if (text.length() <= limit) return text;
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }

    /**
     * Cut, and without what no database takes in text or gives back unchanged: NUL (terminals and models produce it)
     * and halves of surrogate pairs.
     */
    static String clean(String text, int limit) {
        String cut = cut(text, limit);
        StringBuilder clean = null;
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            boolean pair =
                    Character.isHighSurrogate(c) && i + 1 < cut.length() && Character.isLowSurrogate(cut.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c == '\0' || Character.isSurrogate(c)) {
                if (clean == null) clean = new StringBuilder(cut);
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean == null ? cut : clean.toString();
    }
}
