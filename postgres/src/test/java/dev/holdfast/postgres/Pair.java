package dev.holdfast.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.ReplicaReads;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.Standby;
import dev.holdfast.postgres.ladder.Descent;
import dev.holdfast.postgres.ladder.Origin;
import dev.holdfast.postgres.ladder.Replica;
import dev.holdfast.postgres.ladder.ReplicaOptions;
import dev.holdfast.postgres.session.Connections;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.testkit.Changes;
import dev.holdfast.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A server with a hot standby, and a node on them, whose waits are the test's. */
final class Pair implements AutoCloseable {
    static final PostgresPorts PORTS = new PostgresPorts(new SystemThreads(), new SystemClock(), new SystemIds());

    private static final String DATABASE = "mine";
    private static final long NUMBER = 7;
    private static final String WHAT_IT_DID = "SELECT string_agg(pid || ' ' || state_change, ', ' ORDER BY pid)"
            + " FROM pg_stat_activity WHERE application_name = 'holdfast/" + NUMBER + "'";

    final LocalPostgres primary;
    final Standby standby;
    final SystemClock clock = new SystemClock();
    /** By which replicas are given up and tried again. */
    final ManualClock replicaClock = new ManualClock();

    final SystemIds ids = new SystemIds();

    private Pair(LocalPostgres primary, Standby standby) {
        this.primary = primary;
        this.standby = standby;
    }

    static Pair in(Path folder) {
        var primary = LocalPostgres.start(folder.resolve("primary"), Settings.standard());
        try {
            primary.createDatabase(DATABASE);
            Schema.CURRENT.bringUp(Connections.to(url(primary)));
            var pair = new Pair(primary, primary.standby(folder.resolve("standby")));
            assertThat(pair.standby.server().query(DATABASE, "SELECT pg_is_in_recovery()"))
                    .containsExactly(List.of("t"));
            return pair;
        } catch (SQLException | RuntimeException e) {
            primary.close();
            throw new IllegalStateException(e);
        }
    }

    /** A copy of the primary as it is now, down to the last file, with a standby of its own. */
    Pair copy(Path in) throws IOException, InterruptedException {
        var server = copy(primary, in.resolve("primary"));
        primary.restart();
        try {
            return new Pair(server, server.standby(in.resolve("standby")));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** A server that begins with all files of this one, which is stopped. */
    static LocalPostgres copy(LocalPostgres original, Path to) throws IOException, InterruptedException {
        original.stop();
        String from = String.valueOf(original.log().getParent());
        int status = new ProcessBuilder("cp", "-a", from, to.toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(status).isZero();
        return LocalPostgres.start(to, Settings.standard());
    }

    private static String url(LocalPostgres server) {
        return server.url(DATABASE).toString();
    }

    String primaryUrl() {
        return url(primary);
    }

    String replicaUrl() {
        return url(standby.server());
    }

    /** Everything that the node's sessions have been asked by this server, as something that is the same if it was nothing. */
    static @Nullable String asked(LocalPostgres server) {
        return server.query(DATABASE, WHAT_IT_DID).getFirst().getFirst();
    }

    /** A node that counts, and does this when it waits. */
    Node node(Runnable meanwhile) {
        return node(meanwhile, ReplicaOptions.at(replicaUrl()), 0.5);
    }

    Node node(Runnable meanwhile, @Nullable ReplicaOptions options, double dice) {
        var counters = new Counters();
        var waits = new ArrayList<Duration>();
        var own = Connections.to(primaryUrl()).named(NUMBER);
        var outside = new PgStore.Outside(Writing.sessions(own), Writing.reading(own), new SystemThreads(), clock, ids);
        var holder = Opened.join(Opened.Supply.of(own), ids.next().getLeastSignificantBits());
        if (options != null) {
            var origin = Origin.of(own);
            var there = Replica.connections(options, own, origin).named(NUMBER);
            var ports = new PostgresPorts(
                    new Waits(new SystemThreads(), meanwhile, waits), replicaClock, new Dice(ids, dice));
            outside = outside.with(new Replica(
                    options.meter(counters.meter()),
                    Writing.replica(there, new SystemThreads()),
                    ports,
                    clock::now,
                    new Descent(origin, holder)));
        }
        if (follows()) standby.awaitReplay();
        return new Node(PgStore.open(outside, holder, clock::now), this, counters, waits);
    }

    /** Whether it does not stand still, so that it shows the node soon. */
    private boolean follows() {
        try {
            return standby.server()
                    .query(DATABASE, "SELECT pg_get_wal_replay_pause_state()")
                    .equals(List.of(List.of("not paused")));
        } catch (UncheckedIOException e) {
            // It does not run.
            return false;
        }
    }

    /** @param waits that it has waited for its replica */
    record Node(PgStore store, Pair pair, Counters counters, List<Duration> waits) implements AutoCloseable {
        ReplicaReads reads() {
            return store.ledger().replicaReads();
        }

        /** Seq 1. */
        RunId start() {
            Change start = Changes.start(pair.ids, pair.clock.now(), "1");
            store.ledger().commit(start);
            return start.run();
        }

        /** Two more snapshots. */
        void claimAndRelease() {
            var claim = new Claim(store.node(), new Admission(Map.of("t", "1"), 1), 1);
            Run held = store.ledger().claim(claim).getFirst().run();
            store.ledger().commit(Changes.release(pair.ids, pair.clock.now(), held));
        }

        /** What the primary says. */
        long seq(RunId run) {
            return store.ledger()
                    .reads()
                    .run(Namespace.DEFAULT, run)
                    .orElseThrow()
                    .fence()
                    .seq();
        }

        @Override
        public void close() {
            store.close();
            Opened.empty(Opened.Supply.of(Connections.to(pair.primaryUrl())));
        }
    }

    /** Real threads, but for the waits. */
    private record Waits(Threads threads, Runnable meanwhile, List<Duration> waits) implements Threads {
        @Override
        public Thread loop(String name, Runnable body) {
            return threads.loop(name, body);
        }

        @Override
        public Thread task(String name, Runnable body) {
            return threads.task(name, body);
        }

        @Override
        public Bell bell() {
            return new Bell() {
                @Override
                public void ring() {}

                @Override
                public boolean await(Duration limit) {
                    waits.add(limit);
                    meanwhile.run();
                    return false;
                }
            };
        }

        @Override
        public Lock lock() {
            return threads.lock();
        }

        @Override
        public void join(Thread thread) throws InterruptedException {
            threads.join(thread);
        }
    }

    private record Dice(Ids ids, double dice) implements Ids {
        @Override
        public UUID next() {
            return ids.next();
        }

        @Override
        public UUID at(Instant time) {
            return ids.at(time);
        }
    }

    @Override
    public void close() {
        standby.close();
        primary.close();
    }
}
