package dev.holdfast.engine.port;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message to a run: anyone may insert it, only the run's holder (or whoever drains the inbox of a run without one)
 * applies it.
 *
 * @param id made by whoever sends it; inserted once, however often it is tried
 * @param kind what it asks
 * @param name of a signal; id of a token; id of the run that has ended
 * @param body JSON of a signal or of a token's value
 */
public record Message(
        UUID id, Kind kind, @Nullable String name, @Nullable String body) {
    public enum Kind {
        CANCEL,
        SIGNAL,
        /** Somebody outside has completed a token. */
        TOKEN,
        /** A run that this one waits for has ended. */
        RUN_ENDED,
        /** For a run that has ended: something is left to do. */
        FINALISE
    }

    public static Message cancel(UUID id) {
        return new Message(id, Kind.CANCEL, null, null);
    }

    public static Message signal(UUID id, String name, String body) {
        return new Message(id, Kind.SIGNAL, name, body);
    }

    public static Message token(UUID id, String token, String body) {
        return new Message(id, Kind.TOKEN, token, body);
    }

    /**
     * As it lies in an inbox.
     *
     * @param number the order in which messages are applied; by identity, not dense
     */
    public record Delivered(long number, Message message) {}
}
