package dev.holdfast.nats;

import dev.holdfast.core.Refused;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The addresses of a NATS, each of which may have a password in it.
 *
 * @param all at least one
 */
record Servers(List<String> all) {
    private static final List<String> SCHEMES = List.of("nats", "tls", "opentls", "ws", "wss");

    /**
     * @param urls with commas between
     * @throws Refused {@code nats_url}
     */
    static Servers of(String urls) {
        List<String> all = Stream.of(urls.split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        if (all.isEmpty()) throw new Refused("nats_url", "no address of NATS is given: nats://host:4222");
        if (all.stream().allMatch(Servers::isOne)) return new Servers(all);
        // Without what may be a password.
        throw new Refused(
                "nats_url",
                "an address of NATS is none: it is nats://host:4222, with user:password@ or token@ before the host"
                        + " if need be, or tls://host:4222; a character of a password that is none of an address is"
                        + " percent-encoded");
    }

    private static boolean isOne(String address) {
        try {
            var uri = URI.create(address.contains("://") ? address : "nats://" + address);
            return uri.getHost() != null && SCHEMES.contains(uri.getScheme());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Without passwords. */
    String shown() {
        return all.stream()
                .map(each -> withoutSecrets(each).replaceFirst("^[^/@]*@", ""))
                .collect(Collectors.joining(", "));
    }

    /** What somebody says of them, without passwords. */
    static String withoutSecrets(String text) {
        return text.replaceAll("//[^@/ ]*@", "//");
    }
}
