package dev.holdfast.postgres.membership;

import dev.holdfast.engine.port.Bell;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what is to be said to other nodes, at most once in a millisecond, each on its own channel. Never in a transaction that
 * writes anything: a notification takes a lock of the whole cluster at its commit. What cannot be said is forgotten, and those
 * who would have heard it are told to look at everything.
 */
final class SpeakLoop {
    private static final Logger LOG = LoggerFactory.getLogger(SpeakLoop.class);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Before a node's number. */
    static final String CHANNEL = "holdfast_";

    private static final String SAY =
            "SELECT count(pg_notify(channel, payload)) FROM unnest(?::text[], ?::text[]) AS u (channel, payload)";

    private final Body body;
    private final Wire wire;
    private final Bell bell;
    private final Bell pause;
    private final Lock lock;
    private Map<Long, Letter> letters = new LinkedHashMap<>();

    SpeakLoop(Body body, Wire wire) {
        this.body = body;
        this.wire = wire;
        this.bell = body.ports().threads().bell();
        this.pause = body.ports().threads().bell();
        this.lock = body.ports().threads().lock();
    }

    /** Where a node listens. */
    static String channel(long number) {
        return CHANNEL + number;
    }

    void say(long number, Word word) {
        lock.lock();
        try {
            letters.computeIfAbsent(number, n -> new Letter()).add(word);
        } finally {
            lock.unlock();
        }
        bell.ring();
    }

    /** The node ends: whoever waits for words is let go. */
    void look() {
        bell.ring();
    }

    void run() {
        try {
            while (body.isAlive()) {
                bell.await(LOOK);
                Map<Long, Letter> now = taken();
                if (now.isEmpty()) continue;
                try {
                    send(now);
                    pause.await(PAUSE);
                } catch (SQLException e) {
                    if (!body.isAlive()) return;
                    LOG.debug("hints of this node to {} others were lost: {}", now.size(), e.getMessage());
                    wire.lost();
                    now.keySet().forEach(number -> say(number, new Word.More()));
                    pause.await(AGAIN);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<Long, Letter> taken() {
        lock.lock();
        try {
            Map<Long, Letter> now = letters;
            letters = new LinkedHashMap<>();
            return now;
        } finally {
            lock.unlock();
        }
    }

    private void send(Map<Long, Letter> now) throws SQLException {
        Link link = wire.link();
        Object[] channels = now.keySet().stream().map(SpeakLoop::channel).toArray();
        Object[] payloads = now.values().stream().map(Letter::text).toArray();
        Array to = link.connection().createArrayOf("text", channels);
        Array what = link.connection().createArrayOf("text", payloads);
        try (PreparedStatement statement = link.statement(SAY, to, what)) {
            statement.execute();
        }
    }
}
