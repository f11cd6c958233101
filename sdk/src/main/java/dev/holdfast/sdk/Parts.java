package dev.holdfast.sdk;

/**
 * What a replaying Context is made of, for one epoch of a run.
 *
 * @param attempt the durable side
 * @param codec writes and reads values
 * @param leaving how user code is left
 * @param journal what is recorded
 * @param confinement who may call
 * @param forks what executes beside
 */
record Parts(Attempt attempt, Codec codec, Leaving leaving, Journal journal, Confinement confinement, Forks forks) {
    /** @param version of the code that will be called */
    static Parts of(Attempt attempt, Codec codec, String version) {
        var leaving = new Leaving(attempt);
        var journal = new Journal(attempt, codec, leaving, version);
        return new Parts(attempt, codec, leaving, journal, new Confinement(), new Forks(attempt, leaving));
    }

    Chunks chunks() {
        return new Chunks(attempt, codec, leaving);
    }

    Waits waits() {
        return new Waits(attempt, leaving, journal, forks);
    }
}
