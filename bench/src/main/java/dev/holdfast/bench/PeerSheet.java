package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was measured of several contenders: a sheet of each, and what they say of themselves. */
final class PeerSheet {
    private final Map<Contender, Sheet> sheets = new LinkedHashMap<>();
    private final Map<Contender, Map<String, String>> settings = new LinkedHashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();

    PeerSheet(List<Contender> contenders) {
        for (Contender each : contenders) {
            sheets.put(each, new Sheet());
            settings.put(each, new LinkedHashMap<>());
        }
    }

    void add(Contender contender, Line line, double value) {
        of(contender).add(line, value);
    }

    void setting(Contender contender, String name, String value) {
        settings.getOrDefault(contender, Map.of()).put(name, value);
    }

    void note(Contender contender, String text) {
        notes.add(contender.name() + ": " + text);
    }

    List<Contender> contenders() {
        return List.copyOf(sheets.keySet());
    }

    Sheet of(Contender contender) {
        Sheet sheet = sheets.get(contender);
        if (sheet == null) throw new IllegalArgumentException(contender.name() + " does not take part");
        return sheet;
    }

    Map<String, String> settings(Contender contender) {
        return settings.getOrDefault(contender, Map.of());
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Of all of them, each once, in the order in which they were measured first. */
    List<String> loads() {
        return sheets.values().stream()
                .flatMap(s -> s.loads().stream())
                .distinct()
                .toList();
    }

    List<Line> lines(String load) {
        var all = new ArrayList<Line>();
        sheets.values().forEach(s -> all.addAll(s.lines(load)));
        return all.stream().distinct().toList();
    }
}
