package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Taker;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A claim. It comes last in its batch, so that what is started beside it can be claimed in the same commit. */
final class ClaimWork extends Work<List<Claimed>> {
    private final Supplier<Claim> wish;
    private final Taker.@Nullable Asking madeFor;
    private @Nullable Claim asked;
    private boolean passedOver;

    ClaimWork(Supplier<Claim> wish) {
        this(wish, null);
    }

    private ClaimWork(Supplier<Claim> wish, Taker.@Nullable Asking madeFor) {
        this.wish = wish;
        this.madeFor = madeFor;
    }

    /** One that is made for somebody. */
    static ClaimWork of(Taker.Asking asking) {
        return new ClaimWork(asking::wish, asking);
    }

    /** What is wished for now: asked once for each try of the batch. */
    Claim ask() {
        asked = wish.get();
        return asked;
    }

    /** Whether something that it might have been given was locked by somebody else, when it was last tried. */
    void passesOver(PassedOver any) {
        passedOver = any.something();
    }

    /** Whether it was given nothing, and may be given something in a moment. */
    boolean isWorthRepeating() {
        List<Claimed> given = result();
        return passedOver && given != null && given.isEmpty();
    }

    /** One claim in a batch. */
    @Override
    Set<Object> touches() {
        return Set.of(ClaimWork.class);
    }

    @Override
    boolean begins() {
        return true;
    }

    @Override
    List<Claimed> refusal(Refused why) {
        throw why;
    }

    @Override
    void refused(Refused why) {
        failed(why);
    }

    @Override
    void durable() {
        List<Claimed> given = result();
        if (given != null && asked != null) asked.told().accept(given);
    }

    @Override
    void answered(List<Claimed> given) {
        if (madeFor != null) madeFor.given(given);
    }

    @Override
    void unanswered() {
        if (madeFor != null) madeFor.failed();
    }

    @Override
    int changes() {
        List<Claimed> given = result();
        return given == null ? 0 : given.size();
    }
}
