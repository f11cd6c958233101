package dev.holdfast.cli;

import java.io.PrintWriter;

/**
 * What is printed for people. Runs send what they like, and a terminal obeys: so control characters, other than line
 * ends and tabs, and those that change the direction of text are printed as U+FFFD.
 */
final class PlainWriter extends PrintWriter {
    PlainWriter(PrintWriter out) {
        // Errors are looked for in the writer below, and nothing is held back from it.
        super(out);
    }

    static String plain(String text) {
        var plain = new StringBuilder(text);
        for (int i = 0; i < plain.length(); i++) plain.setCharAt(i, plain(plain.charAt(i)));
        return plain.toString();
    }

    private static char plain(char c) {
        return isCommand(c) ? '\uFFFD' : c;
    }

    /** C0, DEL and C1; ALM, LRM and RLM; embeddings, overrides and isolates. */
    private static boolean isCommand(char c) {
        if (c == '\n' || c == '\t') return false;
        return Character.isISOControl(c)
                || c == '\u061C'
                || c == '\u200E'
                || c == '\u200F'
                || (c >= '\u202A' && c <= '\u202E')
                || (c >= '\u2066' && c <= '\u2069');
    }

    @Override
    public void write(int c) {
        super.write(plain((char) c));
    }

    @Override
    public void write(String text, int from, int length) {
        super.write(plain(text.substring(from, from + length)), 0, length);
    }

    @Override
    public void write(char[] text, int from, int length) {
        write(new String(text, from, length), 0, length);
    }
}
