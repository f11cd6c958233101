package dev.holdfast.testkit.explain;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What has happened with one seed, to be told when it fails; and which codes were met. */
final class Story {
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Integer> codes;

    Story(Map<String, Integer> codes) {
        this.codes = codes;
    }

    void tell(String line) {
        lines.add(line);
    }

    void met(RunId id, Explanation why) {
        codes.merge(why.code(), 1, Integer::sum);
        tell("explain " + id + ": " + why.code() + ", " + why.next() + ": " + why.sentence());
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
