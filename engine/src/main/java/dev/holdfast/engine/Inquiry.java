package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Reads;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what is to be known of a run to say why it does not progress: of one moment, and in this node. */
final class Inquiry {
    private final Ports ports;
    private final Dispatcher dispatcher;
    private final Executor executor;

    Inquiry(Ports ports, Dispatcher dispatcher, Executor executor) {
        this.ports = ports;
        this.dispatcher = dispatcher;
        this.executor = executor;
    }

    /** Empty if the run is not there. */
    Optional<Explanation> explain(Namespace namespace, RunId id) {
        while (true) {
            Run run = reads().run(namespace, id).orElse(null);
            if (run == null) return Optional.empty();
            Explanation why = explain(run);
            // What was read beside the row belongs to it only if the row is still the same.
            boolean isSame = reads().run(namespace, id)
                    .filter(r -> r.fence().equals(run.fence()))
                    .isPresent();
            if (isSame) return Optional.of(why);
        }
    }

    /** How many runs wait for code that no node hosts. */
    long unhosted() {
        var here = dispatcher.admission().hosted().keySet();
        var there = ports.peers().hosts().keySet();
        return reads().waiting().entrySet().stream()
                .filter(each -> !here.contains(each.getKey()) && !there.contains(each.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private Explanation explain(Run run) {
        Instant now = ports.ledger().now();
        Admission admission = dispatcher.admission();
        boolean isLeft = ports.node().equals(run.fence().holder())
                && executor.holding(run.id()).isEmpty();
        if (isLeft && admission.company() == Company.CLOSED) return Explainer.leftBehind();
        return switch (run.state()) {
            case QUEUED -> queued(run, admission, now);
            case STARTING -> Explainer.starting(run);
            case RUNNING -> Explainer.running(run, reads().pending(run.id()), now);
            case BLOCKED -> Waited.explain(run, reads().pending(run.id()), now);
            case STOPPING -> Explainer.stopping(run, now);
            case FINISHED -> Explainer.finished(run);
        };
    }

    /** Where nobody here can run it, somebody else may. */
    private Explanation queued(Run run, Admission here, Instant now) {
        Line line = reads().line(run);
        if (fits(run, here.hosted().get(run.origin().task()))) return Explainer.queued(run, line, here, now);
        return ports.peers().hosts().getOrDefault(run.origin().task(), Set.of()).stream()
                .filter(version -> fits(run, version))
                .findFirst()
                .map(version -> Explainer.elsewhere(run, line, version, now))
                .orElseGet(() -> Explainer.queued(run, line, here, now));
    }

    private static boolean fits(Run run, @Nullable String version) {
        Run.Parked parked = run.status().parked();
        return version != null && (parked == null || !parked.version().equals(version));
    }

    private Reads reads() {
        return ports.ledger().reads();
    }
}
