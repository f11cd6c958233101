package dev.holdfast.server;

import dev.holdfast.core.Refused;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a server listens.
 *
 * @param host as it was named
 */
record Endpoint(String host, InetAddress address) {
    /**
     * @throws Refused {@code host_unknown}; {@code host_not_loopback}: whoever reaches a server that asks for no key may do
     *     everything
     */
    static Endpoint at(String host) {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new Refused(
                    "host_unknown",
                    "'" + Text.shown(host) + "' is no address of this machine: name one, such as 127.0.0.1 or ::1");
        }
        if (!address.isLoopbackAddress()) {
            throw new Refused(
                    "host_not_loopback",
                    "'" + Text.shown(host)
                            + "' can be reached from other machines, and whoever reaches a server without keys may do"
                            + " everything: listen on 127.0.0.1 or ::1");
        }
        return new Endpoint(host, address);
    }

    /** @throws Refused {@code port_in_use} */
    void demandFree(int port) {
        if (port == 0) return;
        try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw taken(port, String.valueOf(e.getMessage()));
        }
    }

    Refused taken(int port, String why) {
        return new Refused(
                "port_in_use",
                "port " + port + " of " + host + " cannot be opened: " + why
                        + ". Stop the program that uses it, or choose another port (0 for any free one)");
    }

    URI url(int port) {
        return URI.create("http://" + bracketed() + ":" + port);
    }

    /** The names under which this machine asks itself. */
    Set<String> names() {
        var names = new TreeSet<>(Set.of("127.0.0.1", "localhost", "[::1]"));
        names.add(bracketed().toLowerCase(Locale.ROOT));
        return names;
    }

    private String bracketed() {
        return address instanceof Inet6Address && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
