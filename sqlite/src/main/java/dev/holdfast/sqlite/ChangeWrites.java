package dev.holdfast.sqlite;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.ScheduleWrites;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a change writes beside the run's row, once its fence was found to match. */
final class ChangeWrites {
    private static final String SNAPSHOT =
            "INSERT INTO snapshots (run, seq, state, outcome, epoch, attempt, at, cause, change)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /** A run that lives for years keeps its newest ones. Looked at now and then, so that most snapshots cost no delete. */
    private static final String PRUNE = "DELETE FROM snapshots WHERE run = ? AND seq <= ?";

    private static final int PRUNED_EVERY = 100;

    private static final String NEW_PAYLOADS =
            "INSERT INTO run_payloads (input, output, error, stream_end, run) VALUES (?, ?, ?, ?, ?)";
    /** Writes no row if an input or an output is there already. */
    private static final String PAYLOADS =
            "UPDATE run_payloads SET input = coalesce(?1, input), output = coalesce(?2, output),"
                    + " error = coalesce(?3, error), stream_end = coalesce(?4, stream_end) WHERE run = ?5"
                    + " AND (?1 IS NULL OR input IS NULL) AND (?2 IS NULL OR output IS NULL)";

    private static final String REPLACE = "UPDATE run_payloads SET input = ? WHERE run = ?";

    private static final String STEP =
            "INSERT INTO steps (name, status, epoch, tries, next, error, result, wait, run, key)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO NOTHING";
    /** Writes no row if the step is final. */
    private static final String STEP_AGAIN =
            "UPDATE steps SET name = ?, status = ?, epoch = ?, tries = ?, next = ?, error = ?, result = ?, wait = ?"
                    + " WHERE run = ? AND key = ? AND status = 'PENDING'";

    private static final String TO_HISTORY =
            "INSERT INTO step_history (run, attempt, key, name, status, epoch, tries, next, error, result, wait)"
                    + " SELECT run, ?, key, name, status, epoch, tries, next, error, result, wait FROM steps"
                    + " WHERE run = ? AND key = ?";
    private static final String FORGET_STEP = "DELETE FROM steps WHERE run = ? AND key = ?";
    private static final String CONSUME = "DELETE FROM inbox WHERE run = ? AND number = ?";
    private static final String TAG = "INSERT OR IGNORE INTO run_tags (namespace, tag, run) VALUES (?, ?, ?)";

    private final Transaction tx;
    private final Change change;
    private final RunId run;
    private final MessageWrites messages;

    ChangeWrites(Transaction tx, Change change) {
        this.tx = tx;
        this.change = change;
        this.run = change.run();
        this.messages = new MessageWrites(tx, run);
    }

    void carryOutNew(Run row) throws SQLException {
        for (String tag : row.origin().tags()) {
            tx.write(TAG)
                    .text(row.origin().namespace().name())
                    .text(tag)
                    .id(run)
                    .update();
        }
        tx.steps(run, 0);
        payloads(NEW_PAYLOADS);
        rest();
    }

    void carryOut() throws SQLException {
        for (Write write : change.writes()) {
            if (write instanceof Write.Remove) {
                Removal.of(tx, run);
                return;
            }
        }
        if (change.writes().stream().anyMatch(w -> w instanceof Write.Payload || w instanceof Write.End)) {
            if (payloads(PAYLOADS) == 0) {
                throw new Refused(
                        "payload_written",
                        "the input or output of run " + run + " is written already and never changes");
            }
        }
        rest();
    }

    private int payloads(String statement) throws SQLException {
        String input = null;
        String output = null;
        String error = null;
        String end = null;
        for (Write write : change.writes()) {
            if (write instanceof Write.End w) end = Texts.end(w.end());
            if (!(write instanceof Write.Payload payload)) continue;
            switch (payload.kind()) {
                case INPUT -> input = once(input, payload);
                case OUTPUT -> output = once(output, payload);
                case ERROR -> error = payload.json();
            }
        }
        return tx.writeApart(statement)
                .text(input)
                .text(output)
                .text(error)
                .text(end)
                .id(run)
                .update();
    }

    private String once(@Nullable String before, Write.Payload payload) {
        if (before == null) return payload.json();
        throw new Refused("payload_written", "the " + payload.kind() + " of run " + run + " is written twice");
    }

    /** The order is the ledger's own: what is recorded may move to the history, and what is posted is new. */
    private void rest() throws SQLException {
        List<Write> writes = change.writes();
        for (Write write : writes) {
            if (write instanceof Write.Snap w) snapshot(tx, run, w.snapshot());
            if (write instanceof Write.Step w) record(w.step());
            if (write instanceof Write.Replace w)
                tx.write(REPLACE).text(w.json()).id(run).update();
        }
        for (Write write : writes) {
            if (write instanceof Write.ToHistory w) history(w);
            if (write instanceof Write.Consume w) {
                for (long number : w.numbers())
                    tx.write(CONSUME).id(run).number(number).update();
            }
            if (write instanceof Write.ClearInbox) messages.clear();
            if (write instanceof Write.Take w) messages.take(w);
        }
        for (Write write : writes) {
            if (write instanceof Write.Keep w) messages.keep(w);
            if (write instanceof Write.OpenToken w) messages.open(w);
            if (write instanceof Write.CompleteToken w) messages.complete(w);
            if (write instanceof Write.Post w) messages.post(w.to(), w.message());
        }
        for (Write write : writes) {
            if (write instanceof Write.Begin w) begin(w.start());
            if (write instanceof Write.Fire w) ScheduleWrites.write(tx::write, w.moves());
        }
        // Last of all: what has ended within this change is seen.
        for (Write write : writes) {
            if (write instanceof Write.Row w && w.run().isFinished() && hasSnapshot()) messages.ended();
            if (write instanceof Write.Await w) messages.await(w.target());
        }
    }

    private void begin(Change start) throws SQLException {
        if (new ChangeWork(start).in(tx) instanceof Receipt.Applied) return;
        throw new Refused(
                "child_not_started", "run " + run + " cannot start " + start.run() + ": the id was used before");
    }

    private boolean hasSnapshot() {
        return change.writes().stream().anyMatch(w -> w instanceof Write.Snap);
    }

    static void snapshot(Transaction tx, RunId run, Snapshot snapshot) throws SQLException {
        tx.writeApart(SNAPSHOT)
                .id(run)
                .number(snapshot.seq())
                .text(snapshot.state())
                .text(snapshot.outcome())
                .number(snapshot.epoch())
                .number(snapshot.attempt())
                .instant(snapshot.at())
                .text(snapshot.cause())
                .uuid(snapshot.change())
                .update();
        if (snapshot.seq() % PRUNED_EVERY == 0 && snapshot.seq() > Defaults.SNAPSHOTS_KEPT) {
            tx.write(PRUNE)
                    .id(run)
                    .number(snapshot.seq() - Defaults.SNAPSHOTS_KEPT)
                    .update();
        }
    }

    private void record(StepRecord step) throws SQLException {
        int present = tx.steps(run);
        if (step(STEP, step) == 1) {
            if (present >= Defaults.STEPS_PER_RUN) {
                throw new Refused(
                        "too_many_steps",
                        "run " + run + " has " + Defaults.STEPS_PER_RUN
                                + " steps, which is the limit: let a step do more, or start further runs");
            }
            tx.steps(run, present + 1);
        } else if (step(STEP_AGAIN, step) == 0) {
            throw new Refused(
                    "step_recorded",
                    "step " + step.key() + " of run " + run + " is recorded already and never changes");
        }
    }

    private int step(String statement, StepRecord step) throws SQLException {
        return tx.writeApart(statement)
                .text(step.name())
                .text(step.status())
                .number(step.epoch())
                .number(step.tries())
                .instant(step.next())
                .text(step.error() == null ? null : ErrorJson.write(step.error()))
                .text(step.result())
                .text(Texts.wait(step.awaits()))
                .id(run)
                .text(step.key().path())
                .update();
    }

    private void history(Write.ToHistory move) throws SQLException {
        int count = tx.steps(run);
        for (StepKey key : move.steps()) {
            messages.close(key);
            tx.write(TO_HISTORY).number(move.attempt()).id(run).text(key.path()).update();
            count -= tx.write(FORGET_STEP).id(run).text(key.path()).update();
        }
        tx.steps(run, count);
    }
}
