package dev.holdfast.sdk;

import org.jspecify.annotations.Nullable;

/**
 * A named, typed message to a run. One constant is used by the sender and by the waiter.
 *
 * <pre>{@code static final Signal<Boolean> APPROVED = Signal.named("approved", Boolean.class); }</pre>
 *
 * @param name 1 to 200 characters, no control characters
 * @param type of what is sent
 */
public record Signal<T extends @Nullable Object>(String name, TypeRef<T> type) {
    public Signal {
        Names.check("signal", name);
    }

    public static <T extends @Nullable Object> Signal<T> named(String name, Class<T> type) {
        return new Signal<>(name, TypeRef.of(type));
    }

    public static <T extends @Nullable Object> Signal<T> named(String name, TypeRef<T> type) {
        return new Signal<>(name, type);
    }
}
