package dev.holdfast.acceptance;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The modules and the arrows between them, as ARCHITECTURE.md draws them. A module is a package root
 * {@code dev.holdfast.NAME}. What an arrow leads to may be used, and what leads on from there.
 */
final class Modules {
    static final String ROOT = "dev.holdfast.";

    private static final Map<String, Set<String>> ARROWS = new TreeMap<>(Map.ofEntries(
            Map.entry("core", Set.of()),
            Map.entry("sdk", Set.of("core")),
            Map.entry("engine", Set.of("sdk")),
            Map.entry("testkit", Set.of("engine")),
            Map.entry("sql", Set.of("engine")),
            Map.entry("sqlite", Set.of("sql")),
            Map.entry("localpg", Set.of()),
            Map.entry("postgres", Set.of("sql")),
            Map.entry("localnats", Set.of("localpg")),
            Map.entry("nats", Set.of("engine")),
            Map.entry("node", Set.of("sqlite", "postgres", "nats")),
            Map.entry("server", Set.of("node")),
            Map.entry("examples", Set.of("sdk")),
            Map.entry("drills", Set.of("core", "localpg", "localnats")),
            Map.entry("bench", Set.of("server", "drills", "localpg", "localnats")),
            Map.entry("cli", Set.of("server", "examples", "drills", "bench"))));

    static Set<String> all() {
        return ARROWS.keySet();
    }

    /** Everything that {@code module} may use, itself included. */
    static Set<String> usableFrom(String module) {
        var found = new TreeSet<String>();
        var open = new LinkedHashSet<>(Set.of(module));
        while (!open.isEmpty()) {
            String next = open.removeFirst();
            if (found.add(next)) {
                open.addAll(ARROWS.getOrDefault(next, Set.of()));
            }
        }
        return found;
    }

    /** The module that a package belongs to, e.g. {@code engine} for {@code dev.holdfast.engine.port}. */
    static String of(String packageName) {
        String rest = packageName.substring(ROOT.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    private Modules() {}
}
