package dev.holdfast.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a boot does before anything else: whatever somebody held who is gone is lost, by definition, and goes where the
 * rules say. If other nodes are there they have done so, or do so now.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private Recovery() {}

    static void run(Desk desk) {
        var sweep = new Sweep(desk);
        int back = sweep.returned();
        if (back > 0) LOG.info("{} runs that this node had stopped go on", back);
        int lost = sweep.orphans();
        if (lost > 0) LOG.info("{} runs of an earlier process go on", lost);
        // Their code has gone with the process.
        sweep.lingering(id -> false);
        // Other code can only have come with a new process: what did not fit before may fit now.
        sweep.parked();
    }
}
