package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.Write;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the runs have ended that ended on this node lately: whoever waits for one of them here need not read it. An end never
 * changes; only a removal forgets it.
 */
final class Ends {
    private static final int KEPT = 2_000;
    /** What is larger is read. */
    private static final int SMALL = 4_000;

    private final Map<RunId, Known> ends = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Known> eldest) {
            return size() > KEPT;
        }
    };

    private record Known(Namespace namespace, Reads.Result result) {}

    /** A change was written with which the run ended. */
    void note(Change change, Run run) {
        Reads.Result result = result(change, run);
        if (result == null) return;
        synchronized (ends) {
            ends.put(run.id(), new Known(run.origin().namespace(), result));
        }
    }

    /** Null if not all of it is in the change, as the error of an earlier attempt. */
    private static Reads.@Nullable Result result(Change change, Run run) {
        Outcome outcome = run.status().outcome();
        if (outcome == null) return null;
        String output = null;
        RunError error = null;
        for (Write write : change.writes()) {
            if (!(write instanceof Write.Payload payload) || payload.json().length() > SMALL) continue;
            switch (payload.kind()) {
                case INPUT -> {}
                case OUTPUT -> output = payload.json();
                case ERROR -> error = ErrorJson.read(payload.json());
            }
        }
        boolean isWhole = outcome == Outcome.SUCCEEDED ? output != null : error != null;
        return isWhole ? new Reads.Result(outcome, output, error) : null;
    }

    void forget(RunId run) {
        synchronized (ends) {
            ends.remove(run);
        }
    }

    Optional<Reads.Result> of(Namespace namespace, RunId run) {
        synchronized (ends) {
            return Optional.ofNullable(ends.get(run))
                    .filter(known -> known.namespace().equals(namespace))
                    .map(Known::result);
        }
    }
}
