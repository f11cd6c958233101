package dev.holdfast.engine.port;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;

/** The ledger's answer to one change. Whatever it says is durable. */
public sealed interface Receipt {

    /** It is written. */
    record Applied() implements Receipt {}

    /** The fence did not match, or it was to be left if somebody is at it ({@link Expect.IfBusy}); nothing was written. */
    record Stale() implements Receipt {}

    /** The request id was seen before; nothing was written. {@code answer} is the first one's. */
    record Repeated(String answer) implements Receipt {}

    /**
     * Another run holds the business key; nothing was written, except the answer to the request id, which is the text of
     * that run's id. Or another run holds the debounce key; nothing was written, and the request is not answered: whoever
     * asks postpones that run, under the same request id.
     */
    record KeyHeld(RunId by) implements Receipt {}

    /** The change itself cannot be written (its content); its neighbours were not harmed. */
    record Rejected(Refused why) implements Receipt {}
}
