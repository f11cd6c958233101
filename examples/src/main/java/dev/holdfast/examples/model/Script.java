package dev.holdfast.examples.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the model does with one message: a function of its text alone, see {@link ScriptedModel#HINTS}. A hint is a word
 * in brackets, anywhere in the message, with a number or without; any other word in brackets is text.
 *
 * @param words what it says
 * @param pause how long it waits before each word
 * @param stamped whether each word says who asked, and when
 * @param trouble what goes wrong
 */
record Script(List<String> words, Duration pause, boolean stamped, Trouble trouble) {
    private static final Pattern HINT =
            Pattern.compile("\\[(slow|many|stamp|error|cut|hang|tries)(?::([^\\[\\]\\s]*))?]");
    private static final int PAUSE = 100;
    private static final int LONGEST_PAUSE = 60_000;
    private static final int MANY = 500;
    private static final int MOST = 100_000;
    private static final int SERVER_ERROR = 500;
    private static final int FIRST_STATUS = 400;
    private static final int LAST_STATUS = 599;

    /** What goes wrong. */
    sealed interface Trouble {}

    /** Nothing. */
    record None() implements Trouble {}

    /** An error instead of an answer. */
    record Status(int status) implements Trouble {}

    /** It goes well for so many words, and then this happens. */
    record After(int words, Break how) implements Trouble {}

    /** How an answer breaks off. */
    enum Break {
        ERROR,
        CUT,
        HANG
    }

    /** A hint that cannot be meant. */
    static final class BadHint extends Exception {
        private static final long serialVersionUID = 1L;

        BadHint(String hint, String why) {
            super("The hint " + hint + " cannot be followed: " + why + ".");
        }
    }

    /**
     * @param message the text of the last message of the user
     * @param attempt which try of the caller this is, from 1
     */
    static Script of(String message, int attempt) throws BadHint {
        Duration pause = Duration.ZERO;
        int many = 0;
        boolean stamped = false;
        int tries = Integer.MAX_VALUE;
        Trouble trouble = new None();
        var text = new StringBuilder();
        Matcher hints = HINT.matcher(message);
        while (hints.find()) {
            hints.appendReplacement(text, " ");
            var hint = new Hint(hints.group(), hints.group(2));
            switch (hints.group(1)) {
                case "slow" -> pause = Duration.ofMillis(hint.number(PAUSE, 0, LONGEST_PAUSE));
                case "many" -> many = hint.number(MANY, 1, MOST);
                case "stamp" -> stamped = hint.alone();
                case "tries" -> tries = hint.number(1, 0, MOST);
                case "error" -> trouble = hint.only(trouble, error(hint.number(SERVER_ERROR, 0, LAST_STATUS)));
                case "cut" -> trouble = hint.only(trouble, new After(hint.number(0, 0, MOST), Break.CUT));
                default -> trouble = hint.only(trouble, new After(hint.number(0, 0, MOST), Break.HANG));
            }
        }
        hints.appendTail(text);
        List<String> words = many > 0 ? count(many) : echo(text.toString().strip());
        return new Script(words, pause, stamped, attempt <= tries ? trouble : new None());
    }

    private static Trouble error(int number) {
        return number < FIRST_STATUS ? new After(number, Break.ERROR) : new Status(number);
    }

    private static List<String> count(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(Integer::toString).toList();
    }

    private static List<String> echo(String text) {
        var words = new ArrayList<>(List.of("You", "said:"));
        words.addAll(text.isEmpty() ? List.of("nothing") : Arrays.asList(text.split("\\s+")));
        return List.copyOf(words);
    }

    private record Hint(String text, @Nullable String argument) {
        int number(int usual, int least, int most) throws BadHint {
            if (argument == null) return usual;
            if (argument.matches("\\d{1,9}")) {
                int number = Integer.parseInt(argument);
                if (number >= least && number <= most) return number;
            }
            throw new BadHint(text, "it takes a number from " + least + " to " + most);
        }

        boolean alone() throws BadHint {
            if (argument != null) throw new BadHint(text, "it takes no number");
            return true;
        }

        Trouble only(Trouble before, Trouble trouble) throws BadHint {
            if (!(before instanceof None)) throw new BadHint(text, "only one of error, cut and hang can happen");
            return trouble;
        }
    }
}
