package dev.holdfast.postgres.membership;

import java.util.Optional;

/** What one node says to another. All of it only saves time. */
sealed interface Word {
    /** A node has joined. */
    record Joined(long number) implements Word {}

    /** A node has left, or was found dead. */
    record Gone(long number) implements Word {}

    /** What the engine of one says to that of the other. */
    record Said(String payload) implements Word {}

    /** There was more to say. */
    record More() implements Word {}

    default String text() {
        return switch (this) {
            case Joined joined -> "j" + joined.number;
            case Gone gone -> "g" + gone.number;
            case Said said -> "s" + said.payload;
            case More more -> "+";
        };
    }

    /** Empty for what a newer program may say. */
    static Optional<Word> parse(String text) {
        String rest = text.isEmpty() ? "" : text.substring(1);
        try {
            return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
                case 'j' -> Optional.of(new Joined(Long.parseLong(rest)));
                case 'g' -> Optional.of(new Gone(Long.parseLong(rest)));
                case 's' -> Optional.of(new Said(rest));
                case '+' -> Optional.of(new More());
                default -> Optional.empty();
            };
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
