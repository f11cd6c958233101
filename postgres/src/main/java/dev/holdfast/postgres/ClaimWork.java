package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import java.util.List;
import java.util.Set;

/** A claim. It comes last in its batch, so that what is started beside it can be claimed in the same commit. */
final class ClaimWork extends Work<List<Claimed>> {
    private final Claim claim;
    private boolean passedOver;

    ClaimWork(Claim claim) {
        this.claim = claim;
    }

    Claim claim() {
        return claim;
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
        if (given != null) claim.told().accept(given);
    }

    @Override
    int changes() {
        List<Claimed> given = result();
        return given == null ? 0 : given.size();
    }
}
