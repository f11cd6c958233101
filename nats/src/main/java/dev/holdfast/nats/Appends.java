package dev.holdfast.nats;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.StreamLog.Append;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends. Of each run one message after the other, as each names the one behind which it belongs; of several runs side by side.
 *
 * <p>If a message is refused or its answer does not come, what is there is looked at: what is there of an append is its
 * beginning, and the rest follows. Before anything follows, the ledger is asked whether the run is still whose it was.
 */
final class Appends {
    private static final Logger LOG = LoggerFactory.getLogger(Appends.class);
    /** A message is read and sent as a whole. */
    private static final int ROOM = 256_000;

    private final Wire wire;
    private final Positions positions;
    private final Reads ledger;
    private final Doubts doubts = new Doubts();

    Appends(Wire wire, Positions positions, Reads ledger) {
        this.wire = wire;
        this.positions = positions;
        this.ledger = ledger;
    }

    /** Each has an answer of its own, whatever is wrong with another one. */
    List<Appended> perform(List<Append> appends) {
        var courses = new ArrayList<Course>();
        for (Append append : appends) courses.add(new Course(this, append));
        for (var turn = turn(courses); !turn.isEmpty(); turn = turn(courses)) {
            if (wire.isConnected()) {
                turn.forEach(each -> go(each, each::ask));
                turn.forEach(each -> go(each, each::hear));
            } else {
                // Nothing was asked, so what is known of it is as certain as it was.
                var away = new Appended.Unanswered(Wire.away(null));
                turn.forEach(each -> each.end(away));
            }
        }
        var answers = courses.stream().map(Course::answer).toList();
        wire.heard(answers);
        return answers;
    }

    private void go(Course course, Runnable act) {
        try {
            act.run();
        } catch (Unavailable e) {
            doubts.add(course.run());
            course.end(new Appended.Unanswered(e));
        } catch (RuntimeException e) {
            LOG.warn("what {} sends cannot be stored", course.run(), e);
            course.end(new Appended.Rejected(new Refused(
                    "nats_unfit", "what " + course.run() + " sends cannot be stored in NATS: " + e.getMessage())));
        }
    }

    /** Those that are not done, one of each run: the first. What belongs behind one without an answer has none either. */
    private static List<Course> turn(List<Course> courses) {
        var turn = new ArrayList<Course>();
        var runs = new HashSet<RunId>();
        var unanswered = new HashMap<RunId, Appended>();
        for (Course each : courses) {
            if (each.answer() instanceof Appended.Unanswered before) unanswered.put(each.run(), before);
            if (each.answer() != null) continue;
            Appended before = unanswered.get(each.run());
            if (before != null) each.end(before);
            else if (runs.add(each.run())) turn.add(each);
        }
        return turn;
    }

    /** They are not there any more. */
    void forget(Collection<RunId> runs) {
        doubts.remove(runs);
    }

    Wire wire() {
        return wire;
    }

    Positions positions() {
        return positions;
    }

    boolean isUnsure(RunId run) {
        return doubts.has(run);
    }

    void isSure(RunId run) {
        doubts.remove(run);
    }

    void isUnsureOf(RunId run) {
        doubts.add(run);
    }

    boolean isHeld(Append append) {
        return ledger.run(append.run())
                .filter(run -> run.fence().admits(append.by()))
                .isPresent();
    }

    List<Parcel> parcels(Append append, int done) {
        long first = append.place().last() + done + 1;
        var items = append.items().subList(done, append.items().size());
        var parcels = Parcel.of(append.by().epoch(), first, items, ROOM);
        if (done == 0 && append.place().isOpening())
            parcels.set(0, parcels.getFirst().behind(append.place().opened()));
        return parcels;
    }

    static @Nullable Appended fault(Append append) {
        Refused fault = Fault.of(append).orElse(null);
        return fault == null ? null : new Appended.Rejected(fault);
    }
}
