package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import java.util.List;
import java.util.Set;

/**
 * A claim that is committed with the starts that were handed in beside it: what is started and claimed at once is written
 * once. Whatever else can be claimed is for {@link ClaimWalk}.
 */
final class ClaimWork extends Work<ClaimWork.Fold> {
    private final Claim claim;

    ClaimWork(Claim claim) {
        this.claim = claim;
    }

    /**
     * What a claim found in its batch.
     *
     * @param given runs that were started in it
     * @param isAll whether nothing else could be claimed at that moment
     */
    record Fold(List<Claimed> given, boolean isAll) {
        static final Fold NOTHING = new Fold(List.of(), false);
    }

    Claim claim() {
        return claim;
    }

    /** One claim in a batch. */
    @Override
    Set<Object> touches() {
        return Set.of(ClaimWork.class);
    }

    @Override
    Fold refusal(Refused why) {
        return Fold.NOTHING;
    }

    @Override
    int changes() {
        Fold fold = result();
        return fold == null ? 0 : fold.given().size();
    }
}
