package dev.holdfast.postgres;

import dev.holdfast.core.Refused;

/**
 * Something in a batch cannot be written, and that was only seen while writing: the batch begins anew without it. Its answer
 * is known by then.
 */
final class Surprise extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Work<?> whose;

    private Surprise(Work<?> whose) {
        super("a batch begins anew", null, false, false);
        this.whose = whose;
    }

    static <T> Surprise of(Work<T> whose, T answer) {
        whose.settle(answer);
        return new Surprise(whose);
    }

    static <T> Surprise of(Work<T> whose, Refused why) {
        return of(whose, whose.refusal(why));
    }

    Work<?> whose() {
        return whose;
    }
}
