package dev.holdfast.cli;

import dev.holdfast.nats.NatsOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A NATS that has the streams of runs. Its URL may have a password in it, as that of the database. */
final class Nats {
    @Option(
            names = "--nats",
            paramLabel = "URL[,URL]",
            defaultValue = "${env:HOLDFAST_NATS}",
            description = "nats://USER:PASSWORD@HOST:4222, nats://TOKEN@HOST, tls://…: have the streams of runs on NATS"
                    + " JetStream, for heavy traffic, and hints over NATS. All nodes of a cluster name the same"
                    + " one, or none (docs/nats.md). Default: $HOLDFAST_NATS, or streams in the database.")
    private @Nullable String urls;

    @Option(
            names = "--nats-creds",
            paramLabel = "FILE",
            description = "A file of credentials for it, as nsc makes them.")
    private @Nullable Path credentials;

    @Option(
            names = "--nats-replicas",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of the stream, when it is made. Default: 3 if there are as many servers, or 1.")
    private int replicas;

    @Option(
            names = "--nats-stream",
            paramLabel = "NAME",
            defaultValue = "",
            description =
                    "The stream of this cluster. Default: named after the database, so that no two clusters have the"
                            + " same.")
    private String stream = "";

    /** Null if there is none. */
    @Nullable
    NatsOptions options() {
        if (urls == null || urls.isEmpty()) return null;
        return new NatsOptions(urls, credentials, replicas, stream);
    }
}
