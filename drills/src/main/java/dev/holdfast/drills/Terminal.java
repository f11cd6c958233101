package dev.holdfast.drills;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What is known of the terminal that this process writes to. */
final class Terminal {
    private static final int WIDTH = 100;

    private Terminal() {}

    /** Whether somebody watches, and not a file or a pipe. */
    @SuppressWarnings("SystemConsoleNull") // from JDK 25 on it is null again where there is no terminal
    static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** Colours on a terminal only, and not for people who have said that they want none. */
    static Look.Paint paint() {
        String wish = System.getenv("NO_COLOR");
        boolean none = wish != null && !wish.isEmpty();
        return isInteractive() && !none ? Look.Paint.COLOURS : Look.Paint.NONE;
    }

    /** In columns; a guess if nobody knows. */
    static int width() {
        String columns = System.getenv("COLUMNS");
        if (columns != null && columns.matches("\\d{2,4}")) return Integer.parseInt(columns);
        return isInteractive() ? asked() : WIDTH;
    }

    private static int asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return answer.matches("\\d+ \\d{2,4}")
                    ? Integer.parseInt(answer.substring(answer.indexOf(' ') + 1))
                    : WIDTH;
        } catch (IOException e) {
            return WIDTH;
        }
    }
}
