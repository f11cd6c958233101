package dev.holdfast.localnats;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that a server can have again after it was killed: below the range from which the system takes those of clients. */
final class Ports {
    private static final int FROM = 18_000;
    private static final int TO = 32_000;

    private Ports() {}

    /** So many, of which nobody listens on any right now. */
    static List<Integer> free(int many) {
        var found = new LinkedHashSet<Integer>();
        for (int tries = 0; found.size() < many && tries < 10_000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                found.add(port);
            } catch (IOException taken) {
                // Somebody has it: try another one.
            }
        }
        if (found.size() < many) throw new IllegalStateException("no free port between " + FROM + " and " + TO);
        return new ArrayList<>(found);
    }
}
