package dev.holdfast.node;

import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.PgMember;
import dev.holdfast.postgres.PostgresOptions;
import dev.holdfast.postgres.membership.Listener;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A node that stops nothing by time, nor because it hears that it is dead: what it executes is written, if that can be done. */
final class Stubborn implements AutoCloseable {
    private final CountDownLatch dead = new CountDownLatch(1);
    private final PgCluster cluster;
    private final PgMember member;
    private final Engine engine;

    Stubborn(String url, String label, EngineOptions options, List<? extends Hosted> hosted) {
        var threads = new SystemThreads();
        var clock = new SystemClock();
        var ids = new SystemIds();
        cluster = PgCluster.open(new PostgresOptions(url), new PostgresPorts(threads, clock, ids));
        member = cluster.join(label, "", new Deaf());
        var ports = new Ports(
                member.ledger(), member.stream(), cluster.hints(), threads, clock, ids, Codec.json(), member.peers());
        engine = Engine.open(ports, options, hosted);
    }

    /** Waits until it is dead and all its attempts have left by themselves. @return how many of its changes were refused */
    long awaitEnd() throws InterruptedException {
        dead.await();
        while (engine.executing() > 0) Thread.sleep(5);
        return member.ledger().figures().stale();
    }

    @Override
    public void close() {
        engine.abandon();
        engine.close();
        member.close();
        cluster.close();
    }

    private final class Deaf implements Listener {
        @Override
        public void dead(String why) {
            dead.countDown();
        }

        @Override
        public void suspended() {}

        @Override
        public void stop() {}

        @Override
        public void overdue() {}

        @Override
        public void resumed(Pause pause) {}
    }
}
