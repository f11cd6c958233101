package dev.holdfast.nats;

import dev.holdfast.core.Refused;

/**
 * How things of one cluster are called in a NATS.
 *
 * @param stream its name
 * @param prefix what its subjects begin with
 */
record Names(String stream, String prefix) {
    static Names of(NatsOptions options, String origin) {
        boolean given = !options.name().isEmpty();
        String stream = given ? options.name() : "holdfast-" + origin;
        if (!stream.matches("[A-Za-z0-9_-]{1,100}")) {
            throw new Refused(
                    "nats_name",
                    "'" + stream + "' is no name of a stream: letters, digits, '-' and '_', at most 100 of them");
        }
        return new Names(stream, "holdfast." + (given ? options.name() : origin));
    }

    /** What subjects of runs begin with. */
    String runs() {
        return prefix + ".run.";
    }

    /** What subjects of nodes begin with. */
    String nodes() {
        return prefix + ".node.";
    }
}
