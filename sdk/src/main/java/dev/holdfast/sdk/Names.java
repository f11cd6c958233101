package dev.holdfast.sdk;

import dev.holdfast.core.Defaults;

/** What a name may be: it is shown in terminals and pages, and is part of keys. */
final class Names {
    private Names() {}

    static String check(String what, String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("The name of a " + what + " is empty: give it at least one character.");
        }
        if (name.length() > Defaults.NAME_LIMIT) {
            throw new IllegalArgumentException("The name of the %s '%s…' has %d characters: use at most %d."
                    .formatted(what, name.substring(0, 40), name.length(), Defaults.NAME_LIMIT));
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                throw new IllegalArgumentException(
                        "The name of the %s '%s' has a control character (U+%04X) at %d: remove it."
                                .formatted(what, name.replaceAll("\\p{Cntrl}", "\uFFFD"), (int) name.charAt(i), i));
            }
        }
        String kept = Text.wellFormed(name);
        if (!kept.equals(name)) {
            throw new IllegalArgumentException(
                    "The name of the %s '%s' has half of a surrogate pair, which no store keeps: remove it."
                            .formatted(what, kept));
        }
        return name;
    }
}
