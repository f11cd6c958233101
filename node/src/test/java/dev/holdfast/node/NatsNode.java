package dev.holdfast.node;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.client.LocalClient;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.PgMember;
import dev.holdfast.postgres.PostgresOptions;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A node with its streams on NATS, which does not mind what it is told of itself: found dead, it goes on. */
final class NatsNode implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PgCluster cluster;
    private final Streams streams;
    private final PgMember member;
    private final Engine engine;
    private final Ports ports;

    private NatsNode(String url, String nats, int slots, List<? extends Hosted> hosted) {
        var threads = new SystemThreads();
        var clock = new SystemClock();
        var ids = new SystemIds();
        cluster = PgCluster.open(new PostgresOptions(url), new PostgresPorts(threads, clock, ids));
        streams = JetStreams.of(cluster, NatsOptions.at(nats), threads);
        member = cluster.join("on nats", "", new Quiet());
        ports = new Ports(
                member.ledger(),
                streams.of(member),
                cluster.hints(),
                threads,
                clock,
                ids,
                Codec.json(),
                member.peers());
        engine = Engine.open(ports, EngineOptions.defaults().slots(slots), hosted);
    }

    static NatsNode open(String url, String nats, int slots, List<? extends Hosted> hosted) {
        return new NatsNode(url, nats, slots, hosted);
    }

    Engine engine() {
        return engine;
    }

    Ports ports() {
        return ports;
    }

    LocalClient client() {
        return new LocalClient(engine, ports, Namespace.DEFAULT);
    }

    void demandStreams() {
        streams.demandThere();
    }

    /** Its sessions end without a word, and it does not mind. */
    void isFoundDead() {
        member.close();
    }

    /** All frames of a run, to the last. */
    List<Frame> watch(RunId run) {
        var frames = new ArrayList<Frame>();
        try (var watch = engine.watch(Namespace.DEFAULT, run, null)) {
            while (!watch.ended()) {
                var frame = watch.next(PATIENCE);
                if (frame.isEmpty() && !watch.ended())
                    throw new AssertionError("nothing for " + PATIENCE + ": " + frames);
                frame.ifPresent(frames::add);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return frames;
    }

    static String text(List<Frame> frames) {
        var fold = new FrameFold();
        for (Frame frame : frames) fold.apply(frame.event(), frame.step(), frame.data());
        return fold.text();
    }

    @Override
    public void close() {
        engine.close();
        ports.stream().close();
        member.leave();
        streams.close();
        cluster.close();
    }
}
