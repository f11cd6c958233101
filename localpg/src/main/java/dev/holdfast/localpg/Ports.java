package dev.holdfast.localpg;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that a server can have again after it was killed.
 *
 * <p>They lie below the range from which the system takes the ports of clients. A client that knocks again and again at
 * a port of that range is one day given this very port for its own end, is connected to itself, and keeps the server
 * from coming back.
 */
public final class Ports {
    private static final int FROM = 18_000;
    private static final int TO = 32_000;

    private Ports() {}

    /** A port of the loopback interface that nobody listens on right now. */
    public static int free() {
        return free(1).getFirst();
    }

    /** So many of them. */
    public static List<Integer> free(int many) {
        var found = new LinkedHashSet<Integer>();
        for (int tries = 0; found.size() < many && tries < 1_000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                found.add(port);
            } catch (IOException taken) {
                // Somebody has it: try another one.
            }
        }
        if (found.size() < many) throw new IllegalStateException("no free port between " + FROM + " and " + TO);
        return List.copyOf(found);
    }
}
