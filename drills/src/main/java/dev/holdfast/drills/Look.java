package dev.holdfast.drills;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * How a picture may look where it is printed.
 *
 * @param width columns
 * @param signs the characters to draw with
 * @param paint colours, or none
 */
record Look(int width, Signs signs, Paint paint) {
    /** The characters of a picture. Never the only carrier of a meaning together with a colour: each sign is its own. */
    record Signs(char step, char taken, char held, char kill, char end, char serving, char coming, String heights) {
        static final Signs UNICODE = new Signs('■', '□', '─', '✗', '●', '━', '┄', "▁▂▃▄▅▆▇█");
        static final Signs ASCII = new Signs('#', 'o', '-', 'X', '*', '=', ':', "..::||HH");

        static Signs of(Charset charset) {
            return charset.equals(StandardCharsets.UTF_8) ? UNICODE : ASCII;
        }

        boolean isUnicode() {
            return equals(UNICODE);
        }
    }

    /** What a piece of text is, for its colour. */
    enum Tone {
        PLAIN("0"),
        FAINT("2"),
        STRONG("1"),
        EVEN_EPOCH("36"),
        ODD_EPOCH("34"),
        TAKEN("33"),
        KILL("1;31"),
        GOOD("32"),
        HELD("1;30;42"),
        VIOLATED("1;37;41");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    /** Puts colour on text, or leaves it. */
    enum Paint {
        COLOURS,
        NONE;

        String on(String text, Tone tone) {
            return this == NONE || tone == Tone.PLAIN ? text : "\u001b[" + tone.code + "m" + text + "\u001b[0m";
        }
    }

    String paint(String text, Tone tone) {
        return paint.on(text, tone);
    }
}
