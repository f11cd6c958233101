package dev.holdfast.node;

import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.nats.NatsCluster;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.postgres.PgCluster;
import dev.holdfast.postgres.PgMember;

/** In JetStream; hints go over NATS, too. A node that has none does not load this class. */
final class JetStreams implements Streams {
    private final PgCluster database;
    private final NatsCluster nats;

    private JetStreams(PgCluster database, NatsCluster nats) {
        this.database = database;
        this.nats = nats;
    }

    static Streams of(PgCluster database, NatsOptions options, Threads threads) {
        var nats = NatsCluster.open(options, database.origin(), threads);
        database.courier(nats.post()::say);
        database.streamsOnNats(nats.identity());
        return new JetStreams(database, nats);
    }

    @Override
    public StreamLog of(PgMember member) {
        nats.post().hear(member.membership().node().number(), database::heard, database::missed);
        return nats.log(member.ledger(), member.peers());
    }

    @Override
    public void demandThere() {
        nats.demandThere();
    }

    @Override
    public void close() {
        nats.close();
    }
}
