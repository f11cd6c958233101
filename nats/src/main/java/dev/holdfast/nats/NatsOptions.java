package dev.holdfast.nats;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where NATS is, and what of it is used.
 *
 * @param urls of one or more of its servers, with commas between: {@code nats://user:password@host:4222}, {@code
 *     nats://token@host}, {@code tls://…} for TLS
 * @param credentials a file with a JWT and its seed, as {@code nsc} makes them; null for none
 * @param replicas of the stream, if it is made; 0 for three where there are as many servers, and one otherwise
 * @param name of the stream; empty to name it after the database that it belongs to
 */
public record NatsOptions(String urls, @Nullable Path credentials, int replicas, String name) {
    /** Without credentials in a file; the stream is named after the database. */
    public static NatsOptions at(String urls) {
        return new NatsOptions(urls, null, 0, "");
    }

    public NatsOptions credentials(@Nullable Path file) {
        return new NatsOptions(urls, file, replicas, name);
    }

    public NatsOptions replicas(int many) {
        return new NatsOptions(urls, credentials, many, name);
    }

    public NatsOptions name(String stream) {
        return new NatsOptions(urls, credentials, replicas, stream);
    }

    /** Without the URLs, which may contain a password. */
    @Override
    public String toString() {
        return "NatsOptions";
    }
}
