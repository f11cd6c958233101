package dev.holdfast.cli;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node that {@code holdfast server} runs.
 *
 * @param where its cluster is
 * @param label of the node; null for the name of the machine
 * @param hosting how it hosts them
 * @param tasks what it hosts
 */
record ClusterServer(Where where, @Nullable String label, EngineOptions hosting, List<? extends Hosted> tasks) {
    /**
     * Where a cluster is.
     *
     * @param postgres URL of the database
     * @param replica URL of a replica of it; null or empty for none
     * @param nats has the streams; null for none
     */
    record Where(
            String postgres,
            @Nullable String replica,
            @Nullable NatsOptions nats) {
        /** Without URLs, which may contain passwords. */
        @Override
        public String toString() {
            return "Where";
        }
    }

    /** Enough for code that is about to leave anyway; what does not is taken over by others, which takes less than this. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    /** Before it is a node: one that is refused for want of a key has listened nowhere, made nothing and claimed nothing. */
    Server server(ServerOptions options) {
        return Server.open(options, () -> KeyBook.at(where.postgres()));
    }

    Holdfast node(Server server) {
        var engine = hosting.drainGrace(DRAIN).meter(server.meter());
        var cluster = ClusterOptions.at(where.postgres())
                .address(server.outside().toString())
                .overdue(ClusterOptions.Overdue.HALT);
        String replica = where.replica();
        if (replica != null && !replica.isEmpty()) cluster = cluster.replica(replica);
        if (where.nats() != null) cluster = cluster.nats(where.nats());
        if (label != null) cluster = cluster.label(label);
        return Holdfast.cluster(cluster, NodeOptions.defaults().engine(engine), tasks);
    }
}
