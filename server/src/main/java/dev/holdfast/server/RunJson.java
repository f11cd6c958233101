package dev.holdfast.server;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.Conversations.Turn;
import dev.holdfast.engine.SnapshotJson;
import dev.holdfast.engine.port.RunView;
import dev.holdfast.engine.port.SnapshotWindow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** How runs look in JSON. Payloads are JSON already and go in as they are. */
final class RunJson {
    private RunJson() {}

    /** What a list shows of a run. */
    static void row(JsonGenerator out, Run run) {
        out.writeStartObject();
        head(out, run, Status.of(run));
        out.writeEndObject();
    }

    /** A run as the turn of a conversation: with what was said, and what was answered. */
    static void turn(JsonGenerator out, Turn turn) {
        out.writeStartObject();
        head(out, turn.run(), Status.of(turn.run()));
        raw(out, "input", turn.input());
        raw(out, "output", turn.output());
        out.writeName("error");
        error(out, turn.error());
        out.writeEndObject();
    }

    static void view(JsonGenerator out, RunView view) {
        out.writeStartObject();
        head(out, view.run(), Status.of(view));
        raw(out, "input", view.input());
        raw(out, "output", view.output());
        out.writeName("error");
        error(out, view.error());
        out.writeName("snapshots");
        snapshots(out, view.snapshots());
        out.writeName("steps");
        steps(out, view.steps());
        out.writeEndObject();
    }

    static void window(JsonGenerator out, RunId id, SnapshotWindow window) {
        out.writeStartObject();
        out.writeStringProperty("run", id.toString());
        out.writeNumberProperty("seq", window.seq());
        out.writeStringProperty("cursor", id + "." + window.seq());
        out.writeNumberProperty("floor", window.floor());
        out.writeNumberProperty("omitted", window.omitted());
        out.writeName("snapshots");
        snapshots(out, window.snapshots());
        out.writeEndObject();
    }

    static void steps(JsonGenerator out, List<StepRecord> steps) {
        out.writeStartArray();
        for (StepRecord step : steps) step(out, step);
        out.writeEndArray();
    }

    private static void head(JsonGenerator out, Run run, String word) {
        var status = run.status();
        var holder = run.fence().holder();
        out.writeStringProperty("id", run.id().toString());
        out.writeStringProperty("task", run.origin().task());
        out.writeStringProperty("version", run.origin().version());
        out.writeStringProperty("state", status.state().name());
        text(out, "outcome", status.outcome());
        out.writeStringProperty("status", word);
        out.writeNumberProperty("attempt", run.tries().attempt());
        out.writeNumberProperty("epoch", run.fence().epoch());
        out.writeNumberProperty("seq", run.fence().seq());
        text(out, "holder", holder);
        out.writeBooleanProperty("cancelRequested", status.cancelled());
        place(out, run);
        out.writeName("waiting");
        waiting(out, status.waiting());
        var parent = run.origin().parent();
        text(out, "parent", parent == null ? null : parent.run());
        var rerun = run.origin().rerun();
        text(out, "rerunOf", rerun == null ? null : rerun.of());
        text(out, "rerunFrom", rerun == null ? null : rerun.from());
        text(out, "key", run.origin().key());
        out.writeName("tags");
        out.writeStartArray();
        for (String tag : run.origin().tags()) out.writeString(tag);
        out.writeEndArray();
        text(out, "createdAt", run.times().created());
        text(out, "startedAt", run.times().started());
        text(out, "finishedAt", run.times().finished());
        Instant due = run.place().due();
        text(out, "due", run.isFinished() ? null : due);
    }

    private static void place(JsonGenerator out, Run run) {
        var lane = run.place().lane();
        out.writeStringProperty("queue", run.place().queue());
        text(out, "lane", lane == null ? null : lane.name());
        out.writeBooleanProperty("holdsSlot", run.place().slotOf() != null);
    }

    private static void waiting(JsonGenerator out, @Nullable Waiting waiting) {
        if (waiting == null) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        out.writeStringProperty("need", waiting.need().name());
        out.writeName("keys");
        out.writeStartArray();
        for (StepKey key : waiting.keys()) out.writeString(key.toString());
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void snapshots(JsonGenerator out, List<Snapshot> snapshots) {
        out.writeStartArray();
        for (Snapshot snapshot : snapshots) out.writeRawValue(SnapshotJson.encode(snapshot));
        out.writeEndArray();
    }

    private static void step(JsonGenerator out, StepRecord step) {
        out.writeStartObject();
        out.writeStringProperty("key", step.key().toString());
        out.writeStringProperty("name", step.name());
        out.writeNumberProperty("epoch", step.epoch());
        out.writeStringProperty("status", step.status().name());
        out.writeNumberProperty("tries", step.tries());
        raw(out, "result", step.result());
        out.writeName("error");
        error(out, step.error());
        if (!step.isFinal() && step.awaits() instanceof Wait.Turn turn) text(out, "next", turn.until());
        out.writeName("awaits");
        awaits(out, step.awaits());
        out.writeEndObject();
    }

    private static void awaits(JsonGenerator out, @Nullable Wait wait) {
        if (wait == null) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        switch (wait) {
            case Wait.Turn w -> out.writeStringProperty("kind", "turn");
            case Wait.Time w -> out.writeStringProperty("kind", "time");
            case Wait.Signal w -> {
                out.writeStringProperty("kind", "signal");
                out.writeStringProperty("name", w.name());
            }
            case Wait.Token w -> {
                out.writeStringProperty("kind", "token");
                out.writeStringProperty("token", w.id());
            }
            case Wait.Child w -> {
                out.writeStringProperty("kind", "child");
                out.writeStringProperty("run", w.run().toString());
            }
        }
        text(out, "until", wait.until());
        out.writeEndObject();
    }

    private static void error(JsonGenerator out, @Nullable RunError error) {
        if (error == null) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        out.writeStringProperty("code", error.code());
        out.writeStringProperty("type", error.type());
        out.writeStringProperty("message", error.message());
        out.writeStringProperty("stack", error.stack());
        out.writeBooleanProperty("retryable", error.retryable());
        out.writeEndObject();
    }

    /** A property that may be null. */
    static void text(JsonGenerator out, String name, @Nullable Object value) {
        out.writeName(name);
        if (value == null) out.writeNull();
        else out.writeString(value.toString());
    }

    static void raw(JsonGenerator out, String name, @Nullable String json) {
        out.writeName(name);
        if (json == null) out.writeNull();
        else out.writeRawValue(json);
    }
}
