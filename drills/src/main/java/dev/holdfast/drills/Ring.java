package dev.holdfast.drills;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** @throws IllegalStateException if it does not tell it */
    static long demandNumber(Node node) {
        return number(node)
                .orElseThrow(() -> new IllegalStateException("node " + node.label() + " does not tell its number"));
    }

    /** Of each of them, in the same order. @throws IllegalStateException if one does not tell it */
    static Map<Node, Long> numbers(Iterable<Node> nodes) {
        var numbers = new LinkedHashMap<Node, Long>();
        for (Node node : nodes) numbers.put(node, demandNumber(node));
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

    /** The nodes that were found dead, as this node tells: the newest ones. */
    static List<Deaths.Death> deaths(Node asked) {
        var deaths = new ArrayList<Deaths.Death>();
        ask(asked)
                .ifPresent(ring -> ring.path("takeovers")
                        .forEach(death -> deaths.add(new Deaths.Death(
                                death.path("number").asLong(0),
                                Deaths.How.valueOf(death.path("how").asString())))));
        return deaths;
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
