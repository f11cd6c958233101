package dev.holdfast.engine.client;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.Runs;
import java.util.function.Supplier;

/**
 * What handles of runs in this process need.
 *
 * @param runs what is asked
 * @param current hints to wait for, threads to wait with, the codec; those of the node that this process is now
 * @param namespace where the runs are
 */
record Local(Runs runs, Supplier<Ports> current, Namespace namespace) {
    Ports ports() {
        return current.get();
    }
}
