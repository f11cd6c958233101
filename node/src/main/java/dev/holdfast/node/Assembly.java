package dev.holdfast.node;

import dev.holdfast.engine.Engine;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.Ports;
import dev.holdfast.engine.client.LocalClient;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Peers;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.engine.system.LocalHints;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.PostgresOptions;
import dev.holdfast.postgres.ladder.ReplicaOptions;
import dev.holdfast.postgres.session.PostgresPorts;
import dev.holdfast.sdk.Codec;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sqlite.SqliteOptions;
import dev.holdfast.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;

/** Puts a node together. The only place where the parts of an embedded node are made. */
final class Assembly {
    private Assembly() {}

    /** What every engine of a process is made with. */
    record Wiring(Threads threads, Clock clock, Ids ids, EngineOptions engine, Collection<? extends Hosted> hosted) {
        static Wiring of(NodeOptions options, Collection<? extends Hosted> hosted) {
            return new Wiring(
                    new SystemThreads(), new SystemClock(), new SystemIds(), options.engine(), List.copyOf(hosted));
        }
    }

    static Holdfast open(Path folder, NodeOptions options, Collection<? extends Hosted> hosted) {
        var with = Wiring.of(options, hosted);
        SqliteStore store = SqliteStore.open(folder, new SqliteOptions(with.threads(), with.clock(), with.ids()));
        try {
            var ports = new Ports(
                    store.ledger(),
                    store.stream(),
                    new LocalHints(),
                    with.threads(),
                    with.clock(),
                    with.ids(),
                    Codec.json(),
                    Peers.alone(store.node()));
            Engine engine = Engine.open(ports, with.engine(), with.hosted());
            var client = new LocalClient(engine, ports, options.namespace());
            var alone = new Alone(engine, ports, with.clock().now());
            return new Holdfast(alone, engine, client, List.of(engine, store));
        } catch (RuntimeException | Error e) {
            closeAfter(e, store);
            throw e;
        }
    }

    static Holdfast cluster(ClusterOptions cluster, NodeOptions options, Collection<? extends Hosted> hosted) {
        var with = Wiring.of(options, hosted);
        var outside = new PostgresPorts(with.threads(), with.clock(), with.ids());
        var replica = cluster.replica();
        var where = new PostgresOptions(cluster.url())
                .replica(
                        replica == null
                                ? null
                                : ReplicaOptions.at(replica.url())
                                        .waits(replica.least(), replica.most())
                                        .meter(options.engine().meter()));
        PgCluster database = PgCluster.open(where, outside);
        Streams streams = Streams.inTables();
        try {
            var nats = cluster.nats();
            streams = nats == null ? Streams.inTables() : JetStreams.of(database, nats, with.threads());
            ClusterNode node = ClusterNode.join(new ClusterNode.Common(database, streams), with, cluster);
            var runs = new Relay(() -> node.now().engine());
            var client = new LocalClient(runs, () -> node.now().ports(), options.namespace());
            return new Holdfast(node, runs, client, List.of(node));
        } catch (RuntimeException | Error e) {
            closeAfter(e, streams);
            closeAfter(e, database);
            throw e;
        }
    }

    /** @param database opens it */
    static ApiKeys keys(String url, BiFunction<PostgresOptions, PostgresPorts, PgCluster> database) {
        var clock = new SystemClock();
        var outside = new PostgresPorts(new SystemThreads(), clock, new SystemIds());
        PgCluster opened = database.apply(new PostgresOptions(url), outside);
        return new ApiKeys(opened.keys(), clock, opened);
    }

    private static void closeAfter(Throwable failure, AutoCloseable part) {
        try {
            part.close();
        } catch (Exception second) {
            failure.addSuppressed(second);
        }
    }
}
