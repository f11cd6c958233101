package dev.holdfast.postgres;

import dev.holdfast.core.Command;
import dev.holdfast.core.Decision;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.Company;
import dev.holdfast.engine.Line;
import dev.holdfast.engine.Obstacle;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.RunRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Claims what is started in the same batch, if all that waits, it and others, get a slot: then it makes no odds whose turn it
 * is, and a run is written once, as it is after its claim.
 */
final class Folding {
    /** What has to be looked at one by one: a lane, a limit, a pause, a suspect, what other code has parked. */
    private static final String SPECIAL = "EXISTS (SELECT 1 FROM lanes WHERE ready = 1 AND lane <> '')"
            + " OR EXISTS (SELECT 1 FROM queues WHERE concurrency IS NOT NULL OR rate_count IS NOT NULL OR paused = 1)"
            + " OR EXISTS (" + ClaimWalk.ANY_SUSPECT + ") OR EXISTS (" + ClaimWalk.ANY_PARKED + ")";
    /** How many wait, counted up to a limit; none of it counts if something is special. */
    private static final String WAITING = "SELECT CASE WHEN " + SPECIAL + " THEN -1 ELSE"
            + " (SELECT count(*) FROM (SELECT 1 FROM runs WHERE turn IS NOT NULL LIMIT ?) AS waiting) END";

    private final Ids ids;

    Folding(Ids ids) {
        this.ids = ids;
    }

    /** The first statements of a batch with a claim; null if nothing can be folded. */
    @Nullable
    Fold begin(Transaction tx, Claim claim, Offer offer) throws SQLException {
        Company company = claim.admission().company();
        int most = Math.min(claim.max(), claim.admission().slots());
        if (most <= 0 || (company != Company.NOBODY && company != Company.OTHERS)) return null;
        // What comes back goes on before anything is begun: whoever walks comes to both.
        if (offer.comesBack()) return null;
        int started = offer.started();
        if (started == 0 || started > most || !Alive.lock(tx, claim.holder())) return null;
        long waiting = tx.sql(WAITING).number(most - started + 1).single();
        return waiting < 0 || waiting > most - started ? null : new Fold(tx, claim, waiting > 0);
    }

    /** A claim within a batch. */
    final class Fold {
        private final Transaction tx;
        private final Claim claim;
        private final boolean othersWait;

        Fold(Transaction tx, Claim claim, boolean othersWait) {
            this.tx = tx;
            this.claim = claim;
            this.othersWait = othersWait;
        }

        /** Whether runs wait that were there before. */
        boolean othersWait() {
            return othersWait;
        }

        List<Claimed> give(RunWrites runs, List<ChangeWork> changes) {
            Map<RunId, String> inputs = inputs(changes);
            var given = new ArrayList<Claimed>();
            for (RunWrites.New each : runs.fresh()) {
                Run run = each.run();
                if (RunRow.claimAt(run, tx.now()) == null) continue;
                // In a lane it is not alone: whoever walks the lanes comes to it.
                if (run.place().lane() != null) continue;
                if (Obstacle.of(run, Line.FREE, claim.admission(), tx.now()).isPresent()) continue;
                var decision = Rules.decide(run, new Command.Claim(claim.holder(), Line.FREE.slot()), tx.now());
                if (!(decision instanceof Decision.Transition transition)) continue;
                runs.insert(transition.next(), each.under());
                runs.snapshot(run.id(), Snapshot.of(transition.next(), transition.cause(), tx.now(), ids.next()));
                given.add(new Claimed(transition.next(), inputs.getOrDefault(run.id(), "null"), null));
            }
            return given;
        }

        private static Map<RunId, String> inputs(List<ChangeWork> changes) {
            var inputs = new HashMap<RunId, String>();
            for (ChangeWork work : changes) {
                if (!work.isApplied()) continue;
                for (Part part : work.part().all()) {
                    if (!part.isNew()) continue;
                    part.payload(Write.Payload.Kind.INPUT).ifPresent(json -> inputs.put(part.run(), json));
                }
            }
            return inputs;
        }
    }
}
