package dev.holdfast.engine;

import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.Standing;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.StreamLog.Place;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first act of an epoch: its stream is brought to its standing state, before user code can send anything. Where entries
 * fence, this is also what keeps those who have lost the run from writing.
 *
 * @param attempt may still be told to leave
 * @param stream stores what is sent
 */
record Opening(Holding attempt, Ports ports, StreamWriter stream) {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    /** A log or a ledger that cannot be read is waited for: another epoch could not read it either. */
    Histories.History read(Histories histories) {
        boolean told = false;
        while (true) {
            try {
                return histories.of(attempt.run().id());
            } catch (Unavailable e) {
                if (isToLeave()) throw e;
                if (!told)
                    LOG.warn(
                            "{} cannot begin yet, trying again: {}",
                            attempt.run().id(),
                            e.getMessage());
                told = true;
                rest();
            }
        }
    }

    private boolean isToLeave() {
        return attempt.hasEnded()
                || switch (attempt.standing()) {
                    case GOING, CANCELLED -> false;
                    case SUPERSEDED, DRAINING, STOPPED -> true;
                };
    }

    /** What sends for the attempt, when what does not stand was taken back. */
    Sender open(Histories.History history) {
        Run run = attempt.run();
        List<Entry> outline = history.outline();
        long counted = fences() ? counted(run.id()) : 0;
        while (true) {
            var sender = stream.sender(run.id(), attempt.by(), place(Math.max(StreamLog.last(outline), counted)));
            List<Source> drop = Standing.drop(outline, history.steps());
            if (drop.isEmpty() && !fences()) return sender;
            if (sender.open(drop)) return sender;
            // Somebody who has lost it wrote between the look and the rewind.
            outline = ports.stream().outline(run.id());
        }
    }

    /** How far what is recorded counts on the log, which may have lost some of it since. */
    private long counted(RunId run) {
        StreamEnd sofar = ports.ledger().reads().end(run).orElse(null);
        Long last = sofar == null ? null : sofar.last();
        return last == null ? 0 : last;
    }

    private Place place(long last) {
        return fences() ? Place.opening(last, attempt.by().epoch()) : Place.opening(last);
    }

    private boolean fences() {
        return attempt.by().epoch() > 1 && ports.stream().fencing() == StreamLog.Fencing.BY_OPENING;
    }

    private void rest() {
        try {
            ports.threads().bell().await(Holding.LEDGER_AGAIN);
        } catch (InterruptedException e) {
            // Somebody wants it to leave, which it looks at next.
        }
    }
}
