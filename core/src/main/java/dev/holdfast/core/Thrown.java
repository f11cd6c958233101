package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what user code threw. Nothing here throws: the methods of an exception are user code, too, and may fail, and
 * its causes may be a ring or have no end.
 */
public final class Thrown {
    private static final int DEPTH = 50;

    private Thrown() {}

    /** The throwable itself and its causes, the outermost first. */
    public static List<Throwable> causes(Throwable thrown) {
        var chain = new ArrayList<Throwable>();
        for (Throwable t = thrown; t != null && chain.size() < DEPTH; t = causeOf(t)) chain.add(t);
        return chain;
    }

    /** The first of them that is of this type; null if there is none. */
    public static <X extends Throwable> @Nullable X find(Throwable thrown, Class<X> type) {
        for (Throwable t : causes(thrown)) {
            if (type.isInstance(t)) return type.cast(t);
        }
        return null;
    }

    /** Its message, or what there is to say instead. */
    public static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? thrown.getClass().getSimpleName() : message;
        } catch (Throwable broken) {
            return "its message cannot be read: " + broken.getClass().getName();
        }
    }

    private static @Nullable Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable broken) {
            return null;
        }
    }
}
