package dev.holdfast.engine;

import dev.holdfast.core.Command;
import dev.holdfast.core.Run;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a boot does before anything else: whatever an earlier incarnation held is lost, by definition, and goes where the
 * rules say. In bounded batches, each a commit of its own; it looks for what there is, not for what it did, so a crash in
 * the middle of it loses nothing.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final int BATCH = 256;

    private Recovery() {}

    static void run(Desk desk) {
        int lost = 0;
        while (true) {
            List<Run> orphans = desk.ports().ledger().orphans(desk.ports().node(), BATCH);
            if (orphans.isEmpty()) break;
            desk.lost(orphans);
            lost += orphans.size();
        }
        if (lost > 0) LOG.info("{} runs of an earlier process go on", lost);
        // Their code has gone with the process.
        while (true) {
            List<Run> lingering = desk.ports().ledger().lingering(BATCH);
            if (lingering.isEmpty()) break;
            desk.left(lingering);
        }
        // Other code can only have come with a new process: what did not fit before may fit now.
        while (true) {
            List<Run> parked = desk.ports().ledger().parked(BATCH);
            if (parked.isEmpty()) return;
            desk.decideAll(parked, run -> new Command.Unpark());
        }
    }
}
