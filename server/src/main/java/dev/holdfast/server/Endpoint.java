package dev.holdfast.server;

import dev.holdfast.core.Refused;
import dev.holdfast.node.KeyBook;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Where a server listens.
 *
 * @param scheme http or https
 * @param host as it was named
 * @param origins of its own page elsewhere, and of others' pages
 */
record Endpoint(String scheme, String host, InetAddress address, Origins origins) {
    /** @throws Refused {@code host_unknown} */
    static Endpoint of(ServerOptions options) {
        String host = options.host();
        try {
            String scheme = options.tls() == null ? "http" : "https";
            var endpoint = new Endpoint(scheme, host, InetAddress.getByName(host), options.origins());
            endpoint.demandHere();
            return endpoint;
        } catch (UnknownHostException e) {
            throw unknown(host);
        }
    }

    /** Nobody listens meanwhile: this is asked before it is known who may come. */
    private void demandHere() {
        try (var probe = new Socket()) {
            probe.bind(new InetSocketAddress(address, 0));
        } catch (IOException e) {
            if (isElsewhere()) throw unknown(host);
        }
    }

    /** Whether it listens on this machine only. A balancer that is there, too, may lead others to it nevertheless. */
    boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    /** Whether others than this machine reach it: at its address, or at an origin that is not of this machine. */
    boolean isReachedByOthers() {
        return !isLoopback() || !hostsOfOrigins().stream().allMatch(Endpoint::isHere);
    }

    /**
     * @param keys are asked for only if others reach it
     * @throws Refused {@code keys_required} where others could do everything
     */
    void demandKeys(Supplier<KeyBook> keys) {
        if (!isReachedByOthers() || keys.get().hasValid()) return;
        throw new Refused(
                "keys_required",
                isLoopback()
                        ? "others than this machine ask at " + origins.own()
                                + ", and whoever is led to a server without API keys"
                                + " may do everything: make a key first ('holdfast keys create'), or name no such origin"
                        : host
                                + " can be reached from other machines, and whoever reaches a server without API keys may"
                                + " do everything: make a key first ('holdfast keys create'), or listen on 127.0.0.1");
    }

    /**
     * Whether it can be opened.
     *
     * @param port 0 for any free one
     * @throws Refused {@code port_in_use}, {@code port_forbidden}
     */
    void demandFree(int port) {
        try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (why.contains("Permission denied")) throw forbidden(port, why);
            throw taken(port, why);
        }
    }

    /** 127.0.0.2 is here, too, though no interface has it. */
    private boolean isElsewhere() {
        try {
            return !isLoopback() && !address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null;
        } catch (SocketException e) {
            return false;
        }
    }

    private static Refused unknown(String host) {
        return new Refused(
                "host_unknown",
                "'" + Text.shown(host)
                        + "' is no address of this machine: name one, such as 127.0.0.1 or ::1, or 0.0.0.0 for all of them");
    }

    private Refused forbidden(int port, String why) {
        return new Refused(
                "port_forbidden",
                "port " + port + " of " + host + " cannot be opened: " + why
                        + ". This process lacks the right, which ports below 1024 usually need: choose a higher port, or"
                        + " give it the right (on Linux CAP_NET_BIND_SERVICE)");
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
        names.addAll(hostsOfOrigins());
        return names;
    }

    /** A name that leads here may lead others somewhere else, from where they are led here. */
    private static boolean isHere(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private List<String> hostsOfOrigins() {
        return origins.own().stream()
                .map(origin -> URI.create(origin).getHost())
                .toList();
    }

    /**
     * Whether a page of this origin is ours.
     *
     * @param asked the name under which the server was asked
     */
    boolean shows(String origin, String asked) {
        return origin.equalsIgnoreCase(scheme + "://" + asked)
                || origins.own().contains(origin.toLowerCase(Locale.ROOT));
    }

    /**
     * Its address, as whoever asked has it: that of the balancer, if it is the name of one.
     *
     * @param asked the name under which the server was asked
     */
    String asked(String asked) {
        return origins.own().stream()
                .filter(origin -> URI.create(origin).getRawAuthority().equalsIgnoreCase(asked))
                .findFirst()
                .orElse(scheme + "://" + asked);
    }

    private String bracketed() {
        return address instanceof Inet6Address && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
