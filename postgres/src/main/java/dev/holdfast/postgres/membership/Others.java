package dev.holdfast.postgres.membership;

import static java.util.stream.Collectors.toSet;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** The other nodes as they were last seen, and who tells them something. Whoever is not there any more is gone. */
final class Others {
    private final Seat seat;
    private final Body body;
    private final Heartbeats heartbeats;
    private final SpeakLoop speak;
    private volatile List<NodeView> seen = List.of();

    Others(Seat seat, Body body, SpeakLoop speak) {
        this.seat = seat;
        this.body = body;
        this.speak = speak;
        // Between two looks are at most a wait and a sweep; twice that is a watcher that was not there.
        Duration usual = body.times().patience().multipliedBy(3);
        this.heartbeats = new Heartbeats(usual);
    }

    /** All but this node. */
    List<NodeRow> look(Link link) throws SQLException {
        long asked = body.ports().clock().nanos();
        List<NodeRow> all = NodeRow.all(link, seat.lockClass());
        heartbeats.look(asked, all);
        Set<Long> there = all.stream().map(NodeRow::number).collect(toSet());
        for (NodeView view : nowSeen(all)) {
            if (!there.contains(view.node().number()))
                body.listener().died(view.node().number());
        }
        return all.stream().filter(row -> !row.node().equals(seat.node())).toList();
    }

    /** Answers what was seen before. */
    private synchronized List<NodeView> nowSeen(List<NodeRow> all) {
        List<NodeView> before = seen;
        seen = all.stream()
                .map(row -> new NodeView(row.node(), row.label(), row.address(), row.joined(), silent(row)))
                .toList();
        return before;
    }

    /** For how long it gave no sign of life. */
    Duration silent(NodeRow row) {
        return heartbeats.silent(row.number());
    }

    /** Its last sign of life, in microseconds of the database's clock; empty if none was seen. */
    OptionalLong heard(long number) {
        return heartbeats.last(number);
    }

    /** At the last look, this node among them. */
    List<NodeView> seen() {
        return seen;
    }

    /** This node has found that one dead. */
    void found(Listener.Found dead) {
        forget(dead.number());
        body.listener().found(dead);
    }

    /** Another node says that that one is not there any more. */
    void gone(long number) {
        forget(number);
        body.listener().died(number);
    }

    private synchronized void forget(long number) {
        seen = seen.stream().filter(view -> view.node().number() != number).toList();
    }

    /** All nodes that were there at the last look, but this one. */
    void tell(Word word) {
        for (NodeView view : seen) {
            if (!view.node().equals(seat.node())) speak.say(view.node().number(), word);
        }
    }
}
