package dev.holdfast.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;

/** Somebody who looks after a NATS, and is none of ours. */
record Admin(Connection connection) implements AutoCloseable {
    static Admin at(String url) throws IOException, InterruptedException {
        return new Admin(Nats.connect(url.split(",", -1)[0]));
    }

    static Admin with(Options options) throws IOException, InterruptedException {
        return new Admin(Nats.connect(options));
    }

    JetStreamManagement streams() throws IOException {
        return connection.jetStreamManagement();
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
