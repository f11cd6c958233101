package dev.holdfast.nats;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.Reads;
import dev.holdfast.engine.port.StreamLog.Append;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Appends. Of each run one message after the other, as each names the one behind which it belongs; of several runs side by side.
 *
 * <p>If a message is refused or its answer does not come, what is there is looked at: what is there of an append is its
 * beginning, and the rest follows. Before anything follows, the ledger is asked whether the run is still whose it was.
 */
final class Appends {
    /** A message is read and sent as a whole. */
    private static final int ROOM = 256_000;

    private final Wire wire;
    private final Positions positions;
    private final Reads ledger;
    /** Whose last append has no answer. */
    private final Set<RunId> unsure = ConcurrentHashMap.newKeySet();

    Appends(Wire wire, Positions positions, Reads ledger) {
        this.wire = wire;
        this.positions = positions;
        this.ledger = ledger;
    }

    List<Appended> perform(List<Append> appends) {
        var courses = new ArrayList<Course>();
        for (Append append : appends) courses.add(new Course(this, append));
        while (true) {
            var turn = turn(courses);
            if (turn.isEmpty()) return courses.stream().map(Course::answer).toList();
            wire.demandConnected();
            turn.forEach(Course::ask);
            Unavailable trouble = null;
            for (Course each : turn) {
                try {
                    each.hear();
                } catch (Unavailable e) {
                    unsure.add(each.run());
                    trouble = e;
                }
            }
            if (trouble != null) throw trouble;
        }
    }

    /** Those that are not done, one of each run: the first. */
    private static List<Course> turn(List<Course> courses) {
        var turn = new ArrayList<Course>();
        var runs = new HashSet<RunId>();
        for (Course each : courses) if (each.answer() == null && runs.add(each.run())) turn.add(each);
        return turn;
    }

    Wire wire() {
        return wire;
    }

    Positions positions() {
        return positions;
    }

    boolean isUnsure(RunId run) {
        return unsure.contains(run);
    }

    void isSure(RunId run) {
        unsure.remove(run);
    }

    void isUnsureOf(RunId run) {
        unsure.add(run);
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
