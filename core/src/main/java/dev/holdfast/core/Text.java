package dev.holdfast.core;

/** Text as every store can keep it: what is read back is what was written. */
public final class Text {
    private Text() {}

    /** At most {@code limit} characters, the last one an ellipsis if some are missing; never half of a pair. */
    static String cut(String text, int limit) {
        if (text.length() <= limit) return text;
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }

    /** Whether a half of a surrogate pair stands alone: UTF-8 has no form for it, so that another text would come back. */
    public static boolean hasHalf(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isPair(text, i)) i++;
            else if (Character.isSurrogate(text.charAt(i))) return true;
        }
        return false;
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
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
            if (isPair(cut, i)) {
                i++;
            } else if (c == '\0' || Character.isSurrogate(c)) {
                if (clean == null) clean = new StringBuilder(cut);
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean == null ? cut : clean.toString();
    }
}
