package dev.holdfast.examples.model;

import com.sun.net.httpserver.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as it tells.
 *
 * @param run the run, {@code -} if it is not told
 * @param epoch of the run, {@code -} if it is not told
 * @param attempt which try this is, from 1
 */
record Caller(String run, String epoch, int attempt) {
    static Caller of(Headers headers) {
        String attempt = plain(headers.getFirst(ScriptedModel.TRY), "\\d{1,6}");
        return new Caller(
                plain(headers.getFirst(ScriptedModel.RUN), "\\w{1,80}"),
                plain(headers.getFirst(ScriptedModel.EPOCH), "\\d{1,18}"),
                attempt.equals("-") ? 1 : Integer.parseInt(attempt));
    }

    private static String plain(@Nullable String value, String allowed) {
        return value != null && value.matches(allowed) ? value : "-";
    }
}
