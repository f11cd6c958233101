package dev.holdfast.bench;

import dev.holdfast.localnats.Installed;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Handler;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where a stream can be, and how nodes are opened on it. */
sealed interface StreamStore {
    /** In the order of the columns. */
    List<StreamStore> ALL = List.of(new OnSqlite(), new OnPostgres(), new OnNats());

    /** For the command line. */
    String name();

    /** For people. */
    String title();

    /** How many nodes watchers are spread over. */
    int nodes();

    /** Why it cannot be measured on this machine. */
    Optional<String> missing();

    /** What is there before the nodes are. */
    Place prepare(Path folder);

    /** In the process of a node. */
    Holdfast open(String where, NodeOptions options, List<? extends Handler<?, ?>> hosted);

    static StreamStore named(String name) {
        return ALL.stream()
                .filter(store -> store.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing keeps streams that is called '" + name + "'"));
    }

    /**
     * What nodes are opened on, until it is closed.
     *
     * @param where is told to each node
     */
    record Place(String where, AutoCloseable end) {}

    /** One node on one file. */
    record OnSqlite() implements StreamStore {
        @Override
        public String name() {
            return "sqlite";
        }

        @Override
        public String title() {
            return "SQLite, one node";
        }

        @Override
        public int nodes() {
            return 1;
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty();
        }

        @Override
        public Place prepare(Path folder) {
            return new Place(folder.toString(), () -> {});
        }

        @Override
        public Holdfast open(String where, NodeOptions options, List<? extends Handler<?, ?>> hosted) {
            return Holdfast.open(Path.of(where), options, hosted);
        }
    }

    /** Three nodes on a server of the benchmark's own. */
    record OnPostgres() implements StreamStore {
        private static final String DATABASE = "streams";

        @Override
        public String name() {
            return "postgres";
        }

        @Override
        public String title() {
            return "PostgreSQL, three nodes";
        }

        @Override
        public int nodes() {
            return 3;
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty();
        }

        @Override
        public Place prepare(Path folder) {
            var server = LocalPostgres.start(folder, Settings.standard());
            server.createDatabase(DATABASE);
            return new Place(server.url(DATABASE).toString(), server);
        }

        @Override
        public Holdfast open(String where, NodeOptions options, List<? extends Handler<?, ?>> hosted) {
            return Holdfast.cluster(ClusterOptions.at(where), options, hosted);
        }
    }

    /** Three nodes whose streams are on a NATS server of the benchmark's own, and all else on such a PostgreSQL. */
    record OnNats() implements StreamStore {
        private static final String BETWEEN = " ";

        @Override
        public String name() {
            return "nats";
        }

        @Override
        public String title() {
            return "NATS JetStream, three nodes";
        }

        @Override
        public int nodes() {
            return 3;
        }

        @Override
        public Optional<String> missing() {
            return Installed.find().isPresent() ? Optional.empty() : Optional.of(Installed.MISSING);
        }

        @Override
        public Place prepare(Path folder) {
            Place ledger = new OnPostgres().prepare(folder);
            var nats = LocalNats.single();
            return new Place(ledger.where() + BETWEEN + nats.url(), () -> {
                nats.close();
                ledger.end().close();
            });
        }

        @Override
        public Holdfast open(String where, NodeOptions options, List<? extends Handler<?, ?>> hosted) {
            String[] urls = where.split(BETWEEN, -1);
            return Holdfast.cluster(ClusterOptions.at(urls[0]).nats(NatsOptions.at(urls[1])), options, hosted);
        }
    }
}
