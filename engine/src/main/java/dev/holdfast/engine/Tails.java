package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Hints.Listening;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;

/** The runs that are watched here: one {@link Tail} for all watchers of a run, which goes with the last of them. */
final class Tails {
    private final Watcher.Ports ports;
    private final Lock lock;
    private final Map<RunId, Watched> all = new HashMap<>();

    Tails(Watcher.Ports ports) {
        this.ports = ports;
        this.lock = ports.threads().lock();
    }

    private static final class Watched {
        final Tail tail;
        final Listening listening;
        int watchers;

        Watched(Tail tail, Listening listening) {
            this.tail = tail;
            this.listening = listening;
        }
    }

    /**
     * A place among those who watch a run, until it is closed.
     *
     * @param tail what they share
     * @param bell rings when there is something new
     */
    record Place(Tail tail, Bell bell, Runnable leave) {}

    /** It listens before anything is read: what is written from now on rings. */
    Place join(Run run) {
        Bell bell = ports.threads().bell();
        lock.lock();
        try {
            Watched watched = all.get(run.id());
            if (watched == null) {
                var tail = new Tail(Sight.of(ports.reads(), ports.log(), run), ports.threads(), ports.clock());
                Hints hints = ports.hints();
                watched = new Watched(tail, hints.onChange(run.id(), tail::hint));
                all.put(run.id(), watched);
            }
            watched.watchers++;
            Runnable silence = watched.tail.wakes(bell);
            return new Place(watched.tail, bell, () -> leave(run.id(), silence));
        } finally {
            lock.unlock();
        }
    }

    private void leave(RunId run, Runnable silence) {
        silence.run();
        lock.lock();
        try {
            Watched watched = all.get(run);
            if (watched == null || --watched.watchers > 0) return;
            all.remove(run);
            watched.listening.close();
        } finally {
            lock.unlock();
        }
    }
}
