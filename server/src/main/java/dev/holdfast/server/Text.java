package dev.holdfast.server;

/** What somebody else wrote, made fit to be repeated in a message. */
final class Text {
    private static final int LIMIT = 80;

    private Text() {}

    /** Short, and without control characters. */
    static String shown(String text) {
        String cut = text.length() <= LIMIT ? text : text.substring(0, LIMIT) + "…";
        return cut.codePoints()
                .map(c -> Character.isISOControl(c) ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
