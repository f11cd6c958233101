package dev.holdfast.localpg;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port that a server can have again after it was killed: below the range from which the system takes the ports of
 * clients. That it is free is a guess, since nobody holds it until the server does.
 */
final class FreePort {
    private static final int FROM = 18_000;
    private static final int TO = 32_000;

    static int guess() {
        for (int tries = 0; tries < 1_000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                // Somebody has it: try another one.
            }
        }
        throw new IllegalStateException("no free port between " + FROM + " and " + TO);
    }

    private FreePort() {}
}
