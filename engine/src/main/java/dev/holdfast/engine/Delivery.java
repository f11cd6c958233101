package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Deadlines;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.Waiting;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Write;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Brings a run what it waits for: messages, and the end of its time. Every result is written as the step that waited for
 * it, by the change that lets the run go on; so it cannot be taken and then lost.
 */
final class Delivery {
    private final Draft draft;
    private final Reads reads;
    /** The steps that are still pending. */
    private final Map<StepKey, StepRecord> open = new TreeMap<>();

    Delivery(Draft draft, Reads reads, List<StepRecord> pending) {
        this.draft = draft;
        this.reads = reads;
        for (StepRecord step : pending) open.put(step.key(), step);
    }

    /**
     * Applies messages in their order.
     *
     * @param compensable whether anything is recorded that a cancel could compensate, by code that is hosted
     */
    void messages(List<Message.Delivered> inbox, boolean compensable) {
        if (inbox.isEmpty()) return;
        draft.add(
                new Write.Consume(inbox.stream().map(Message.Delivered::number).toList()));
        for (Message.Delivered delivered : inbox) {
            Message message = delivered.message();
            String name = message.name() == null ? "" : message.name();
            String body = message.body() == null ? "null" : message.body();
            switch (message.kind()) {
                case CANCEL -> draft.decide(new Command.Cancel(compensable));
                case SIGNAL, TOKEN -> sent(name, body);
                case RUN_ENDED -> RunId.parse(name).ifPresent(this::ended);
                case FINALISE -> {}
            }
        }
        goOn();
    }

    private void sent(String name, String body) {
        if (draft.run().isFinished()) return;
        for (StepRecord step : open.values()) {
            boolean waits = switch (step.awaits()) {
                case Wait.Signal signal -> signal.name().equals(name);
                case Wait.Token token -> token.id().equals(name);
                case null, default -> false;
            };
            if (waits) {
                close(step.came(body));
                return;
            }
        }
        draft.add(new Write.Keep(name, body, Write.Keep.Where.LAST));
    }

    private void ended(RunId child) {
        for (StepRecord step : List.copyOf(open.values())) {
            if (step.awaits() instanceof Wait.Child wait && wait.run().equals(child)) close(result(step, child));
        }
    }

    private StepRecord result(StepRecord step, RunId child) {
        var result = reads.result(child)
                .orElseGet(() -> new Reads.Result(
                        Outcome.SYSTEM_FAILURE, null, RunError.ours("run_deleted", "run " + child + " was deleted")));
        String output = result.output();
        if (result.outcome() == Outcome.SUCCEEDED) return step.came(output == null ? "null" : output);
        RunError error = result.error();
        return step.broke(result.outcome(), error == null ? RunError.ended(result.outcome()) : error);
    }

    /** The deadline of a wait has come: what has not come by its time, does not. */
    void timedOut() {
        if (draft.run().isFinished()) return;
        for (StepRecord step : List.copyOf(open.values())) {
            var until = step.next();
            boolean over = until != null && !until.isAfter(draft.now()) && !(step.awaits() instanceof Wait.Turn);
            if (over) close(step.timedOut());
        }
        draft.decide(new Command.DeadlineCame(Deadlines.Name.WAIT));
    }

    private void close(StepRecord over) {
        draft.add(new Write.Step(over));
        open.remove(over.key());
    }

    private void goOn() {
        Waiting on = draft.run().status().waiting();
        boolean over = draft.run().state() == RunState.BLOCKED && on != null && on.isOver(open::containsKey);
        if (over) draft.decide(new Command.Unblock());
    }
}
