package dev.holdfast.sdk;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody outside completes, once, who knows its id.
 *
 * <pre>{@code
 * Token<Paid> paid = ctx.token("paid", Paid.class, Duration.ofHours(1));
 * ctx.step("ask", s -> payments.request(order, paid.callback()));
 * Paid receipt = paid.await().orElseThrow();
 * }</pre>
 */
public interface Token<T extends @Nullable Object> {
    /** Cannot be guessed: whoever has it may complete the token. The same in every replay. */
    String id();

    /** Where to POST the value, as JSON: a path below the address of the node. */
    URI callback();

    /**
     * Waits for the value, as {@link Context#await(Signal)} waits, but no longer than the token is open. Takes a key.
     *
     * @return empty if nobody has completed it in time (or if the value is null)
     */
    Optional<T> await();
}
