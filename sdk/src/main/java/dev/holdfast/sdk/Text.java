package dev.holdfast.sdk;

import java.nio.charset.StandardCharsets;

/** What there is to know of texts that will be stored as UTF-8. */
final class Text {
    private Text() {}

    /** How many bytes the text takes in UTF-8. */
    static int bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) bytes++;
            else if (c < 0x800) bytes += 2;
            else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else bytes += 3;
        }
        return bytes;
    }

    /**
     * The text with U+FFFD in place of each half of a surrogate pair: UTF-8 has no form for them, so that the value would
     * come back from the store as another one.
     */
    static String wellFormed(String text) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) return text;
        var repaired = new StringBuilder(text);
        for (int i = 0; i < repaired.length(); i++) {
            char c = repaired.charAt(i);
            if (!Character.isSurrogate(c)) continue;
            if (Character.isHighSurrogate(c)
                    && i + 1 < repaired.length()
                    && Character.isLowSurrogate(repaired.charAt(i + 1))) i++;
            else repaired.setCharAt(i, '\uFFFD');
        }
        return repaired.toString();
    }
}
