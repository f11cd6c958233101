package dev.holdfast.sdk;

/**
 * What a replaying Context is made of, for one epoch of a run.
 *
 * @param attempt the durable side
 * @param codec writes and reads values
 * @param leaving how user code is left
 * @param journal what is recorded
 * @param confinement who may call
 */
record Parts(Attempt attempt, Codec codec, Leaving leaving, Journal journal, Confinement confinement) {
    /** @param version of the code that will be called */
    static Parts of(Attempt attempt, Codec codec, String version) {
        var leaving = new Leaving(attempt);
        return new Parts(attempt, codec, leaving, new Journal(attempt, codec, leaving, version), new Confinement());
    }

    Chunks chunks() {
        return new Chunks(attempt, codec, leaving);
    }
}
