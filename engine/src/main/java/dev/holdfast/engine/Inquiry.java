package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Backlog;
import dev.holdfast.engine.port.Reads;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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

    /** How many runs wait for code that no node hosts: for a task, or for a version that fits. */
    long unhosted() {
        var here = dispatcher.admission().hosted();
        var there = ports.peers().hosts();
        return reads().backlog(ports.ledger().now()).stream()
                .filter(each -> versions(each.task(), here, there).allMatch(each.unfit()::contains))
                .mapToLong(Backlog::runs)
                .sum();
    }

    /** Those of a task that somebody hosts. */
    private static Stream<String> versions(String task, Map<String, String> here, Map<String, Set<String>> there) {
        return Stream.concat(Stream.ofNullable(here.get(task)), there.getOrDefault(task, Set.of()).stream());
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

    /** Where nobody here can run it, somebody else may; and if nobody can, whoever hosts the task knows why. */
    private Explanation queued(Run run, Admission here, Instant now) {
        Line line = reads().line(run);
        String task = run.origin().task();
        String mine = here.hosted().get(task);
        if (mine != null && run.mayFit(mine)) return Explainer.queued(run, line, here, now);
        var others = ports.peers().hosts().getOrDefault(task, Set.of());
        var fitting = others.stream().filter(run::mayFit).findFirst();
        if (fitting.isPresent()) return Explainer.elsewhere(run, line, fitting.get(), now);
        if (mine != null || others.isEmpty()) return Explainer.queued(run, line, here, now);
        return Explainer.queued(
                run, line, new Admission(Map.of(task, others.iterator().next()), 1), now);
    }

    private Reads reads() {
        return ports.ledger().reads();
    }
}
