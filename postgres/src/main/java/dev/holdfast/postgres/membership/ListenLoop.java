package dev.holdfast.postgres.membership;

import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on the node's own channel, and again on every new session: what was said in between is said to be missed. */
final class ListenLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ListenLoop.class);
    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final int LISTEN_MILLIS = 1_000;
    /** So many times of silence in a row, then the session is asked whether it is still there. */
    private static final int SILENCES = 5;

    private final Seat seat;
    private final Body body;
    private final Wire wire;
    private final HoldLoop hold;
    private final WatchLoop watch;

    ListenLoop(Seat seat, Body body, Wire wire, HoldLoop hold, WatchLoop watch) {
        this.seat = seat;
        this.body = body;
        this.wire = wire;
        this.hold = hold;
        this.watch = watch;
    }

    /** Before anybody knows of this node, so that nothing is said to nobody. */
    void begin() throws SQLException {
        subscribe(wire.link());
    }

    private void subscribe(Link link) throws SQLException {
        try (var statement = link.connection().createStatement()) {
            statement.execute("LISTEN " + SpeakLoop.channel(seat.number()));
        }
    }

    void run() {
        var pause = body.ports().threads().bell();
        boolean again = false;
        try {
            while (body.isAlive()) {
                try {
                    listen(again);
                } catch (SQLException e) {
                    if (!body.isAlive()) return;
                    LOG.debug("node {} does not hear the others, trying again: {}", seat.number(), e.getMessage());
                    wire.lost();
                    // Whoever ended this session may have ended all of them.
                    hold.look();
                    pause.await(AGAIN);
                }
                again = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until the session is lost. */
    private void listen(boolean again) throws SQLException {
        Link link = wire.link();
        if (again) {
            subscribe(link);
            body.listener().missed();
        }
        PGConnection session = link.connection().unwrap(PGConnection.class);
        int silences = 0;
        while (body.isAlive()) {
            PGNotification[] heard = session.getNotifications(LISTEN_MILLIS);
            if (heard != null && heard.length > 0) {
                silences = 0;
                for (PGNotification one : heard) one.getParameter().lines().forEach(this::heard);
            } else if (++silences >= SILENCES) {
                silences = 0;
                link.number("SELECT 1");
            }
        }
    }

    private void heard(String text) {
        Word.parse(text).ifPresent(word -> {
            switch (word) {
                case Word.Joined joined -> {
                    watch.look();
                    body.listener().joined(joined.number());
                }
                case Word.Gone gone -> {
                    watch.gone(gone.number());
                }
                case Word.Said said -> body.listener().heard(said.payload());
                case Word.More more -> body.listener().missed();
            }
        });
    }
}
