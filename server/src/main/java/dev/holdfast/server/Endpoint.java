package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.node.KeyBook;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Where a server listens.
 *
 * @param scheme http or https
 * @param host as it was named
 * @param origins where else its page is shown
 */
record Endpoint(String scheme, String host, InetAddress address, Set<String> origins) {
    /** @throws Refused {@code host_unknown} */
    static Endpoint of(ServerOptions options) {
        String host = options.host();
        try {
            String scheme = options.tls() == null ? "http" : "https";
            return new Endpoint(scheme, host, InetAddress.getByName(host), options.origins());
        } catch (UnknownHostException e) {
            throw new Refused(
                    "host_unknown",
                    "'" + Text.shown(host) + "' is no address of this machine: name one, such as 127.0.0.1 or ::1");
        }
    }

    /** Whether only this machine can reach it. */
    boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    /**
     * @param keys are asked for only if others reach it
     * @throws Refused {@code keys_required} where others could do everything
     */
    void demandKeys(Supplier<KeyBook> keys) {
        if (isLoopback() || keys.get().hasValid()) return;
        throw new Refused(
                "keys_required",
                host + " can be reached from other machines, and whoever reaches a server without API keys may"
                        + " do everything: make a key first ('holdfast keys create'), or listen on 127.0.0.1");
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

    /** All addresses of a machine are none that anybody could ask: then it is the one for itself. */
    URI url(int port) {
        return URI.create(scheme + "://" + (address.isAnyLocalAddress() ? "127.0.0.1" : bracketed()) + ":" + port);
    }

    /** As other machines may reach it. */
    URI outside(int port) {
        if (!address.isAnyLocalAddress()) return url(port);
        try {
            return new URI(scheme, null, InetAddress.getLocalHost().getHostName(), port, null, null, null);
        } catch (UnknownHostException | URISyntaxException e) {
            return url(port);
        }
    }

    /** The names under which this machine asks itself, and those of a balancer. */
    Set<String> names() {
        var names = new TreeSet<>(Set.of("127.0.0.1", "localhost", "[::1]"));
        names.add(bracketed().toLowerCase(Locale.ROOT));
        origins.forEach(origin -> names.add(URI.create(origin).getHost()));
        return names;
    }

    /**
     * Whether a page of this origin is ours.
     *
     * @param asked the name under which the server was asked
     */
    boolean shows(String origin, String asked) {
        return origin.equalsIgnoreCase(scheme + "://" + asked) || origins.contains(origin.toLowerCase(Locale.ROOT));
    }

    private String bracketed() {
        return address instanceof Inet6Address && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
