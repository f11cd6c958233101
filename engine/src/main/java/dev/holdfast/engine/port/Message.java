package dev.holdfast.engine.port;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message to a run: anyone may insert it, only the run's holder (or whoever drains the inbox of a run without one)
 * applies it.
 *
 * @param id made by whoever sends it; inserted once, however often it is tried
 * @param kind what it asks
 * @param name of a signal
 * @param body JSON
 */
public record Message(
        UUID id, Kind kind, @Nullable String name, @Nullable String body) {
    public enum Kind {
        CANCEL,
        SIGNAL
    }

    public static Message cancel(UUID id) {
        return new Message(id, Kind.CANCEL, null, null);
    }

    /**
     * As it lies in an inbox.
     *
     * @param number the order in which messages are applied; by identity, not dense
     */
    public record Delivered(long number, Message message) {}
}
