package dev.holdfast.peers;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a program is told: words of the form {@code name=value}. */
record Arguments(Map<String, String> words) {
    static Arguments of(String... given) {
        var words = new HashMap<String, String>();
        for (String word : given) {
            int sign = word.indexOf('=');
            if (sign < 0) throw new IllegalArgumentException("'" + word + "' is not name=value");
            words.put(word.substring(0, sign), word.substring(sign + 1));
        }
        return new Arguments(words);
    }

    String text(String name) {
        String value = words.get(name);
        if (value == null) throw new IllegalArgumentException(name + "= is missing");
        return value;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    long process() {
        return Long.parseLong(words.getOrDefault("postmaster", "0"));
    }

    /** Where its own database is, for JDBC. The address comes by the environment, since it may hold a password. */
    String database() {
        return Address.given().jdbc(text("database"));
    }

    Duration seconds(String name) {
        return Duration.ofMillis(Math.round(1_000 * Double.parseDouble(text(name))));
    }

    /** The same words with others in their place, for another process. */
    List<String> but(String... others) {
        var all = new HashMap<>(words);
        all.putAll(of(others).words());
        return all.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .sorted()
                .toList();
    }
}
