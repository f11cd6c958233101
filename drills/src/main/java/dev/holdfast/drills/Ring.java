package dev.holdfast.drills;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What nodes say of their cluster. */
final class Ring {
    private static final JsonMapper JSON = new JsonMapper();

    private Ring() {}

    /** The number that a node has now; empty if it does not say so, because it is none or does not answer. */
    static Optional<Long> number(Node node) {
        return ask(node)
                .filter(ring -> ring.path("own").isNumber())
                .map(ring -> ring.path("own").asLong());
    }

    /** The numbers of these nodes, by their labels. */
    static Map<String, Long> numbers(Iterable<Node> nodes) {
        var numbers = new TreeMap<String, Long>();
        for (Node node : nodes) number(node).ifPresent(number -> numbers.put(node.label(), number));
        return numbers;
    }

    /** The numbers that this node sees as those that are alive. */
    static Set<Long> alive(Node asked) {
        var alive = new TreeSet<Long>();
        ask(asked)
                .ifPresent(ring -> ring.path("nodes")
                        .forEach(n -> alive.add(n.path("number").asLong(0))));
        return alive;
    }

    /** The numbers of those that have this label and are alive, as this node sees it. */
    static Set<Long> labelled(Node asked, String label) {
        var numbers = new TreeSet<Long>();
        ask(asked)
                .ifPresent(ring -> ring.path("nodes").forEach(n -> {
                    if (label.equals(n.path("label").asString())) {
                        numbers.add(n.path("number").asLong(0));
                    }
                }));
        return numbers;
    }

    /** How the deaths of nodes were found since this moment, and how often each. */
    static Map<String, Integer> deaths(Node asked, Instant since) {
        var found = new TreeMap<String, Integer>();
        ask(asked)
                .ifPresent(ring -> ring.path("takeovers").forEach(death -> {
                    boolean old = Instant.parse(death.path("at").asString()).isBefore(since);
                    if (!old) found.merge(death.path("how").asString(), 1, Integer::sum);
                }));
        return found;
    }

    /** Waits until it serves again, and answers its number. */
    static Optional<Long> awaitNumber(Node node, Duration patience) throws InterruptedException {
        var number = new long[1];
        boolean came = Wait.until(
                patience,
                () -> isReady(node)
                        && number(node).stream()
                                .peek(n -> number[0] = n)
                                .findAny()
                                .isPresent());
        return came ? Optional.of(number[0]) : Optional.empty();
    }

    private static boolean isReady(Node node) {
        try {
            return node.api().get("/readyz").isSuccess();
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<JsonNode> ask(Node node) {
        try {
            var answer = node.api().get("/v1/nodes");
            return answer.isSuccess() ? Optional.of(JSON.readTree(answer.body())) : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }
}
