package dev.holdfast.node;

import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.client.LocalClient;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.PgMember;
import dev.holdfast.postgres.PostgresOptions;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A node that gives hints and gets none, not even of its own doing: it finds everything by looking. */
final class Unheard implements AutoCloseable {
    private final Lost hints = new Lost();
    private final PgCluster cluster;
    private final PgMember member;
    private final Engine engine;
    private final Ports ports;

    private Unheard(String url, EngineOptions options, List<? extends Hosted> hosted) {
        var threads = new SystemThreads();
        var clock = new SystemClock();
        var ids = new SystemIds();
        cluster = PgCluster.open(new PostgresOptions(url), new PostgresPorts(threads, clock, ids));
        member = cluster.join("unheard", "", new Quiet());
        ports = new Ports(member.ledger(), member.stream(), hints, threads, clock, ids, Codec.json(), member.peers());
        engine = Engine.open(ports, options, hosted);
    }

    static Unheard node(String url, int slots, List<? extends Hosted> hosted) {
        return new Unheard(url, EngineOptions.defaults().slots(slots), hosted);
    }

    Engine engine() {
        return engine;
    }

    LocalClient client() {
        return new LocalClient(engine, ports, Namespace.DEFAULT);
    }

    /** How many hints were given and lost. */
    int lost() {
        return hints.lost.get();
    }

    /** As if its process had died: its sessions end without a word. */
    void die() {
        engine.abandon();
        member.close();
    }

    @Override
    public void close() {
        engine.close();
        member.leave();
        cluster.close();
    }

    private static final class Lost implements Hints {
        private final AtomicInteger lost = new AtomicInteger();

        @Override
        public void changed(RunId run) {
            lost.incrementAndGet();
        }

        @Override
        public void ended(RunId run) {
            lost.incrementAndGet();
        }

        @Override
        public void posted(RunId run, Holder holder) {
            lost.incrementAndGet();
        }

        @Override
        public void work() {
            lost.incrementAndGet();
        }

        @Override
        public Listening onChange(RunId run, Runnable look) {
            return () -> {};
        }

        @Override
        public Listening onEnd(RunId run, Runnable look) {
            return () -> {};
        }

        @Override
        public Listening onPost(Consumer<RunId> look) {
            return () -> {};
        }

        @Override
        public Listening onWork(Runnable look) {
            return () -> {};
        }
    }
}
