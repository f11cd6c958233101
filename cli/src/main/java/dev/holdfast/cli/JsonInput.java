package dev.holdfast.cli;

import dev.holdfast.core.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A value that is handed to a command: JSON, {@code @} and a file with it, or {@code -} for standard input.
 *
 * @param what it is, for messages: an option, or the name of a parameter
 * @param given as it was typed
 */
record JsonInput(String what, String given) {
    /** The value: one, and nothing more. */
    String json() {
        String json;
        try {
            // It becomes a part of the body, so it must be one value and nothing more.
            json = Json.parse(text()).compact();
        } catch (IllegalArgumentException e) {
            throw Failure.refused("json_malformed", what + " is not JSON: " + e.getMessage());
        }
        if (Text.hasHalf(json)) {
            throw Failure.refused("text_invalid", what + " has half of a surrogate pair: remove it");
        }
        return json;
    }

    private String text() {
        try {
            if (given.equals("-")) return text(System.in.readAllBytes());
            if (!given.startsWith("@")) return given;
            Path file = Path.of(given.substring(1));
            if (Files.isDirectory(file)) {
                throw Failure.refused(
                        "input_unreadable", "'" + file + "' is a folder: " + what + " @FILE wants a file");
            }
            return text(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw Failure.refused(
                    "input_unreadable", "there is no file " + e.getMessage() + " to read " + what + " from");
        } catch (CharacterCodingException e) {
            throw Failure.refused("json_malformed", what + " is not JSON: " + given + " is not UTF-8");
        } catch (IOException e) {
            throw Failure.refused("input_unreadable", "cannot read " + what + " from " + given + ": " + e.getMessage());
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
