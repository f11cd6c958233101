package dev.holdfast.testkit;

import dev.holdfast.core.Run;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.engine.port.Write.Post;
import dev.holdfast.engine.port.Write.Remove;
import dev.holdfast.engine.port.Write.Row;
import dev.holdfast.engine.port.Write.Step;
import dev.holdfast.testkit.TestHoldfast.Write;
import dev.holdfast.testkit.sim.Gate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells what was made durable, and keeps hints back when they are to be lost. */
final class Witness implements Gate.Traffic {
    private final TestNode node;

    Witness(TestNode node) {
        this.node = node;
    }

    @Override
    public boolean before(Gate.Call call) {
        boolean hint = call.method().equals("changed") || call.method().equals("work");
        return !(hint && call.port().equals("Hints") && node.hintsAreLost());
    }

    @Override
    public void done(Gate.Call call, @Nullable Object answer) {
        if (answer instanceof Receipt receipt && call.argument() instanceof Change change) tell(change, receipt);
        if (!(answer instanceof List<?> answers)) return;
        List<?> asked = call.argument() instanceof List<?> several ? several : List.of();
        for (int i = 0; i < answers.size(); i++) {
            Object of = i < asked.size() ? asked.get(i) : null;
            if (of instanceof Change change && answers.get(i) instanceof Receipt receipt) tell(change, receipt);
            if (of instanceof Append append && answers.get(i) instanceof Appended.At at) {
                node.written(new Write(append.run(), at.last(), "chunk", null));
            }
            if (answers.get(i) instanceof Claimed claimed) {
                Run run = claimed.run();
                node.written(new Write(run.id(), run.fence().seq(), "claim", null));
            }
        }
    }

    @Override
    public void after(Gate.Call call, @Nullable Object answer) {}

    private void tell(Change change, Receipt receipt) {
        if (!(receipt instanceof Receipt.Applied)) return;
        long seq = node.seq(change.run());
        for (var write : change.writes()) {
            switch (write) {
                case Row(Run run) -> {
                    String state = run.state().name().toLowerCase(Locale.ROOT);
                    boolean isNew = change.expect() instanceof Expect.Absent;
                    node.written(new Write(run.id(), seq, isNew ? "start" : state, null));
                }
                case Step(StepRecord step) ->
                    node.written(new Write(change.run(), seq, step.isFinal() ? "step" : "try", step.name()));
                case Post post -> node.written(new Write(change.run(), seq, "message", null));
                case Remove remove -> node.written(new Write(change.run(), seq, "delete", null));
                default -> {}
            }
        }
    }
}
