package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.Company;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.LaneKey;
import dev.holdfast.sql.ScheduleWrites;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is committed together: works that touch nothing of each other. It locks and looks ({@link Scene}), decides without
 * asking any more ({@link Judge}), and writes table by table, so that two hundred changes are as many statements as one.
 */
final class Batch {
    private static final String LEFT = "SELECT run FROM inbox WHERE run = ANY(?) AND kind = 'FINALISE' LIMIT 1";

    private final Memory memory;
    private final List<ChangeWork> changes = new ArrayList<>();
    private final List<AppendWork> appends = new ArrayList<>();
    private @Nullable ClaimWork claim;

    /** What a node remembers from batch to batch. */
    record Memory(KnownQueues queues, StepCounts steps, Folding folding, ClaimWalk.Memory claims) {
        void forgetAll() {
            queues.forget();
            steps.forgetAll();
        }
    }

    Batch(Memory memory, List<Work<?>> works) {
        this.memory = memory;
        for (Work<?> work : works) {
            if (work.isSettled() || work.isAside()) continue;
            switch (work) {
                case ChangeWork change -> changes.add(change);
                case AppendWork append -> appends.add(append);
                case ClaimWork wish -> claim = wish;
            }
        }
    }

    /** Does all of it. */
    void carryOut(Transaction tx) throws SQLException {
        carryOut(tx, () -> null);
    }

    /**
     * Does all of it.
     *
     * @param made asked for a claim if there is none, and runs are about to be written that can be claimed; null for none
     * @throws Surprise if one of the works cannot be written: it is settled, and the others begin anew
     */
    void carryOut(Transaction tx, Supplier<@Nullable ClaimWork> made) throws SQLException {
        if (claim != null && changes.isEmpty() && appends.isEmpty() && !ClaimWalk.isWorthIt(tx)) {
            claim.becomes(List.of());
            return;
        }
        var scene = Scene.of(tx, changes, appends);
        var offer = Offer.of(changes, tx.now());
        if (claim == null && offer.isAnything()) claim = made.get();
        Claim wish = claim == null ? null : claim.ask();
        var folded = wish == null ? null : memory.folding().begin(tx, wish, offer);
        var judge = new Judge(scene);
        var runs = new RunWrites(tx);
        var payloads = new PayloadWrites(tx);
        var steps = new StepWrites(tx, memory.steps());
        var mail = new MailWrites(tx, scene);
        var tokens = new TokenWrites(tx);
        var stream = new StreamWrites(tx);
        var removed = new ArrayList<RunId>();
        for (ChangeWork work : changes) {
            work.becomes(judge.of(work));
            if (!work.isApplied()) continue;
            for (Part part : work.part().all()) {
                if (part.has(Write.Remove.class)) {
                    removed.add(part.run());
                    Locked there = scene.run(part.run());
                    if (there != null) scene.lanes().change(there.lane(), there.share(), Share.NONE);
                    continue;
                }
                row(tx, scene, runs, part);
                for (Write.Snap snap : part.writes(Write.Snap.class)) runs.snapshot(part.run(), snap.snapshot());
                payloads.add(part, work);
                steps.add(part, work);
                mail.add(part, work);
                mail.awaits(part);
                if (part.ends()) mail.ended(part.run());
                tokens.add(part, work);
            }
        }
        for (AppendWork work : appends) stream.add(work, scene);
        List<Claimed> started = folded == null ? List.of() : folded.give(runs, changes);
        lanes(tx, scene, runs);

        for (ChangeWork work : changes) {
            if (!work.isApplied()) continue;
            for (Write.Fire fire : work.part().writes(Write.Fire.class)) ScheduleWrites.write(tx::sql, fire.moves());
        }
        runs.write();
        payloads.write();
        steps.write();
        mail.consume();
        tokens.write();
        mail.deliver();
        stream.write();
        remove(tx, removed);
        scene.lanes().write(memory.queues());
        scene.requests().answer(answers(scene));
        if (claim != null && wish != null) {
            boolean all = folded != null && !folded.othersWait() && !offer.startsInLane();
            claim.becomes(all ? started : claimed(tx, claim, rest(wish, started.size()), started));
        }
    }

    /** What was started here, and then whoever else has his turn. */
    private List<Claimed> claimed(Transaction tx, ClaimWork claim, Claim rest, List<Claimed> started)
            throws SQLException {
        var all = new ArrayList<>(started);
        var walk = new ClaimWalk(tx, rest, memory.claims());
        all.addAll(walk.claim(memory.queues()));
        claim.passesOver(walk.passedOver());
        return List.copyOf(all);
    }

    private static Claim rest(Claim claim, int given) {
        if (given == 0) return claim;
        var admission = claim.admission();
        Company company = admission.company() == Company.NOBODY ? Company.OTHERS : admission.company();
        return new Claim(
                claim.holder(),
                new Admission(admission.hosted(), admission.newer(), admission.slots() - given, company),
                claim.max() - given,
                claim.alive());
    }

    private static void row(Transaction tx, Scene scene, RunWrites runs, Part part) {
        Run row = part.row();
        if (row == null) return;
        if (part.isNew()) {
            runs.insert(row, scene.isUnder(row));
            return;
        }
        Locked there = scene.run(part.run());
        if (there == null) throw new IllegalStateException(part.run() + " was let through without a row");
        runs.update(row, there.isUnder());
        scene.lanes().change(LaneKey.of(row), there.share(), Share.of(row, there.isUnder(), tx.now()));
    }

    /** New runs count as they are at the end: some were claimed in this batch. */
    private static void lanes(Transaction tx, Scene scene, RunWrites runs) {
        for (RunWrites.New each : runs.fresh()) {
            var share = Share.of(each.run(), each.under(), tx.now());
            scene.lanes().change(LaneKey.of(each.run()), Share.NONE, share);
        }
    }

    private void remove(Transaction tx, List<RunId> removed) throws SQLException {
        if (removed.isEmpty()) return;
        RunId left = tx.sql(LEFT).uuids(Scene.uuids(removed)).first(r -> r.id()).orElse(null);
        if (left != null) {
            throw Surprise.of(
                    workOf(left),
                    new Refused(
                            "run_not_finalised",
                            "run " + left + " cannot be removed before what is left of it has been done"));
        }
        Removal.of(tx, removed);
        Removal.remember(tx, removed);
    }

    private ChangeWork workOf(RunId run) {
        return changes.stream()
                .filter(w -> w.part().run().equals(run))
                .findFirst()
                .orElseThrow();
    }

    private Map<Request, @Nullable String> answers(Scene scene) {
        var answers = new LinkedHashMap<Request, @Nullable String>();
        for (ChangeWork work : changes) {
            Request request = work.request();
            if (request == null || scene.requests().seenBefore(request) != null) continue;
            answers.put(request, Judge.answer(work, request));
        }
        return answers;
    }
}
