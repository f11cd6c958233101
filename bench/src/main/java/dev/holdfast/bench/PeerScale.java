package dev.holdfast.bench;

import java.util.List;

/**
 * How long everything takes, and how large it is.
 *
 * @param rounds of everything that is measured again and again; medians are taken over them
 * @param seconds of each load in each round
 * @param warmUp seconds before it, unmeasured
 * @param clients that have a run under way
 * @param backlog no-op runs, and a quarter as many of steps
 * @param patience seconds to wait for what may never come
 * @param idle seconds without any work
 */
record PeerScale(int rounds, int seconds, int warmUp, int clients, int backlog, int patience, int idle) {
    /** About half an hour. The compiler of a JVM is busy for half a minute when it has two cores, and shares them. */
    static final PeerScale FULL = new PeerScale(3, 6, 30, 500, 10_000, 60, 20);
    /** About three minutes: while one changes something. */
    static final PeerScale QUICK = new PeerScale(1, 2, 2, 100, 2_000, 20, 5);

    List<String> words() {
        return List.of(
                "seconds=" + seconds,
                "warmup=" + warmUp,
                "clients=" + clients,
                "backlog=" + backlog,
                "patience=" + patience,
                "idle=" + idle);
    }
}
