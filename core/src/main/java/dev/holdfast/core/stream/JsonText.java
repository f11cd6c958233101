package dev.holdfast.core.stream;

/**
 * The little JSON that streams need: strings in and out, and white space that means nothing taken out. It is not a
 * parser: what it is given was written by one of our encoders, and has been checked at the edge.
 */
public final class JsonText {
    private JsonText() {}

    /**
     * How a chunk's data is shown: the content of a string, anything else as compact JSON and a newline.
     *
     * <p>{@code "\"charged\""} is shown as {@code charged}, {@code {"a": 1}} as {@code {"a":1}} and a newline.
     *
     * @throws IllegalArgumentException if it begins as a string and is none
     */
    public static String shown(String json) {
        String trimmed = json.strip();
        return trimmed.startsWith("\"") ? unquote(trimmed) : compact(trimmed) + "\n";
    }

    /** The JSON string with this content. */
    public static String quote(String content) {
        var json = new StringBuilder(content.length() + 2).append('"');
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    // Half of a surrogate pair has no place in UTF-8; escaped, it survives.
                    boolean lonely = Character.isSurrogate(c) && !isPaired(content, i);
                    if (c < ' ' || lonely) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }

    private static boolean isPaired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }

    /**
     * The content of a JSON string.
     *
     * @throws IllegalArgumentException if it is not one JSON string
     */
    public static String unquote(String json) {
        int last = json.length() - 1;
        if (last < 1 || json.charAt(0) != '"' || endOfString(json, 0) != last) {
            throw new IllegalArgumentException("not a JSON string: " + brief(json));
        }
        if (json.indexOf('\\') < 0) return json.substring(1, last);

        var content = new StringBuilder(json.length());
        int at = 1;
        while (at < last) {
            char c = json.charAt(at++);
            if (c != '\\') {
                content.append(c);
                continue;
            }
            char escaped = json.charAt(at++);
            switch (escaped) {
                case '"', '\\', '/' -> content.append(escaped);
                case 'b' -> content.append('\b');
                case 'f' -> content.append('\f');
                case 'n' -> content.append('\n');
                case 'r' -> content.append('\r');
                case 't' -> content.append('\t');
                case 'u' -> {
                    if (at + 4 > last) throw new IllegalArgumentException("not a JSON string: " + brief(json));
                    content.append((char) Integer.parseInt(json, at, at + 4, 16));
                    at += 4;
                }
                default -> throw new IllegalArgumentException("not a JSON string: " + brief(json));
            }
        }
        return content.toString();
    }

    /** The same JSON without the white space that means nothing. */
    public static String compact(String json) {
        StringBuilder compact = null;
        int kept = 0;
        for (int at = 0; at < json.length(); at++) {
            char c = json.charAt(at);
            if (c == '"') {
                at = endOfString(json, at);
            } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                if (compact == null) compact = new StringBuilder(json.length());
                compact.append(json, kept, at);
                kept = at + 1;
            }
        }
        return compact == null
                ? json
                : compact.append(json, kept, json.length()).toString();
    }

    /** Where the string that begins at this quote has its closing quote. */
    static int endOfString(String json, int quote) {
        int at = quote + 1;
        while (at < json.length() && json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= json.length()) throw new IllegalArgumentException("a JSON string does not end: " + brief(json));
        return at;
    }

    private static String brief(String json) {
        return json.length() <= 80 ? json : json.substring(0, 79) + "…";
    }
}
