package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.nats.NatsInspection;
import dev.holdfast.nats.NatsOptions;
import dev.holdfast.postgres.PgInspection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The NATS that has the streams of runs.
 *
 * @param postgres URL of the database whose runs they are of
 */
record NatsChecks(NatsOptions nats, String postgres) {
    List<Finding> examine() {
        NatsInspection seen;
        try {
            seen = NatsInspection.of(nats, PgInspection.origin(postgres));
        } catch (HoldfastException e) {
            return List.of(Finding.bad("nats", e.code() + ": " + e.getMessage(), ""));
        }
        var findings = new ArrayList<Finding>();
        findings.add(Finding.ok("nats", seen.where() + ", version " + seen.version() + ", with JetStream"));
        findings.add(stream(seen.name(), seen.stream()));
        return findings;
    }

    private static Finding stream(String name, NatsInspection.@Nullable Stream stream) {
        if (stream == null) {
            return Finding.hint("streams", "there is no stream " + name + " yet", "the first node makes it");
        }
        String what = name + " has " + stream.messages() + " messages of " + stream.bytes() + " bytes, and "
                + stream.present() + " of " + stream.replicas() + " replicas are up to date";
        if (stream.present() < stream.replicas()) {
            return Finding.hint("streams", what, "see to the servers that are behind, or away");
        }
        if (stream.replicas() == 1) {
            return Finding.hint(
                    "streams",
                    what + ": what was acknowledged is gone with that server, and some of it if its machine stops",
                    "have three servers and 'nats stream edit " + name + " --replicas 3', or sync_interval: always"
                            + " (docs/nats.md)");
        }
        return Finding.ok("streams", what);
    }
}
