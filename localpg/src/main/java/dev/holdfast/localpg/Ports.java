package dev.holdfast.localpg;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that a server can have again after it was killed.
 *
 * <p>They lie below the range from which the system takes the ports of clients. A client that knocks again and again at
 * a port of that range is one day given this very port for its own end, is connected to itself, and keeps the server
 * from coming back.
 *
 * <p>None is given twice on a machine: between the moment when somebody learns of a free port and the one when his server listens
 * there may be seconds, in which another process would find it free, too. So as long as this process lives it has the port of the
 * same number of UDP, which no server here uses: the system keeps that for one, and takes it back whenever he dies.
 */
public final class Ports {
    private static final int FROM = 18_000;
    private static final int TO = 32_000;

    private static final Set<DatagramSocket> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /** A port of the loopback interface that nobody listens on right now, and that nobody else is given while this process lives. */
    public static int free() {
        return free(1).getFirst();
    }

    /** So many of them. */
    public static List<Integer> free(int many) {
        var found = new LinkedHashSet<Integer>();
        for (int tries = 0; found.size() < many && tries < 1_000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            if (isListenedOn(port)) continue;
            try {
                GIVEN.add(new DatagramSocket(at(port)));
                found.add(port);
            } catch (SocketException given) {
                // To somebody else, or by an earlier call: try another one.
            }
        }
        if (found.size() < many) throw new IllegalStateException("no free port between " + FROM + " and " + TO);
        return List.copyOf(found);
    }

    private static boolean isListenedOn(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(at(port));
            return false;
        } catch (IOException taken) {
            return true;
        }
    }

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
