package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog.Append;
import java.util.Set;

/** Appends to one run's stream, if its row has the epoch and the holder that are named. */
final class AppendWork extends Work<Appended> {
    private final Append append;

    AppendWork(Append append) {
        this.append = append;
    }

    Append append() {
        return append;
    }

    @Override
    Set<Object> touches() {
        return Set.of(append.run());
    }

    @Override
    Appended refusal(Refused why) {
        return new Appended.Rejected(why);
    }

    @Override
    int changes() {
        return result() instanceof Appended.At ? 1 : 0;
    }
}
