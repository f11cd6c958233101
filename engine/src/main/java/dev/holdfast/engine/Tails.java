package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;

/** The runs that are watched here: one {@link Tail} for all watchers of a run, which goes with the last of them. */
final class Tails {
    private final Watcher.Ports ports;
    private final Together<RunId, Tail> all;

    Tails(Watcher.Ports ports) {
        this.ports = ports;
        this.all = new Together<>(ports.threads());
    }

    Together.Place<Tail> join(Run run) {
        return all.join(run.id(), () -> open(run));
    }

    private Together.Opened<Tail> open(Run run) {
        var tail = new Tail(Sight.of(ports.reads(), ports.log(), run), ports.threads(), ports.clock());
        var listening = ports.hints().onChange(run.id(), tail::hint);
        return new Together.Opened<>(tail, tail.looks(), listening::close);
    }
}
