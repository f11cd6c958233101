package dev.holdfast.sdk;

import dev.holdfast.core.RunId;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nodes elsewhere, asked over HTTP: for programs that are none themselves.
 *
 * <pre>{@code
 * var nodes = Remote.at(URI.create("https://node-1:7007"), URI.create("https://node-2:7007")).key(key);
 * try (RunStream stream = nodes.stream(run)) {
 *     for (String piece : stream) System.out.print(piece);
 * }
 * }</pre>
 *
 * @param nodes of one cluster, one at least: if one does not answer the next is asked
 * @param key API key; null for none
 * @param client for TLS that is not Java's own, proxies and so on; null for one that each stream makes
 */
public record Remote(
        List<URI> nodes, @Nullable String key, @Nullable HttpClient client) {
    public Remote {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) throw new IllegalArgumentException("name a node to ask");
        for (URI node : nodes) {
            if (node.getHost() == null || !("http".equals(node.getScheme()) || "https".equals(node.getScheme()))) {
                throw new IllegalArgumentException("a node is asked by http or https, which '" + node.getScheme()
                        + "' of " + node.getHost() + " is not");
            }
        }
    }

    /** Without a key. */
    public static Remote at(URI node, URI... others) {
        var nodes = new ArrayList<>(List.of(node));
        nodes.addAll(List.of(others));
        return new Remote(nodes, null, null);
    }

    public Remote key(String with) {
        return new Remote(nodes, with, client);
    }

    public Remote client(HttpClient with) {
        return new Remote(nodes, key, with);
    }

    /**
     * What a run sends, from the beginning. Nothing is asked before it is iterated.
     *
     * <p>The iterator waits as long as no node answers, and resumes where it was. It throws {@link
     * dev.holdfast.core.Refused} with the code that a node answers: {@code run_unknown}, {@code key_required}, {@code
     * key_revoked} and so on, also in the middle.
     */
    public RunStream stream(RunId run) {
        return new FoldedStream(new RemoteFrames(this, "/v1/runs/" + run + "/stream"));
    }

    /**
     * The same by a watch link, which is good on all nodes; it needs no key. Its node is asked first, then these are.
     *
     * <p>Also {@code link_expired}, {@code link_revoked}, {@code link_invalid}.
     */
    public RunStream stream(URI link) {
        var all = new ArrayList<>(List.of(link.resolve("/")));
        all.addAll(nodes);
        String target = link.getRawPath() + "?" + link.getRawQuery();
        return new FoldedStream(new RemoteFrames(new Remote(all, null, client), target));
    }

    /** What a run sends, by a watch link: see {@link #stream(URI)}. */
    public static RunStream watch(URI link) {
        return at(link.resolve("/")).stream(link);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Remote" + nodes;
    }
}
