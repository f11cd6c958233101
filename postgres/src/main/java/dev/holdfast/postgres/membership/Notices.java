package dev.holdfast.postgres.membership;

import dev.holdfast.core.Lane;
import dev.holdfast.engine.port.Notice;
import dev.holdfast.sql.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a node tells of the tasks that it hosts, as it stands in its row: a list of as many texts for each. */
public final class Notices {
    private static final int EACH = 5;

    private Notices() {}

    public static String text(Map<String, Notice> hosted) {
        var flat = new ArrayList<String>();
        hosted.forEach((task, notice) -> {
            flat.add(task);
            flat.add(notice.version());
            flat.add(notice.queue());
            flat.add(Texts.policy(notice.policy()));
            flat.add(notice.lanes() == null ? "" : notice.lanes().name());
        });
        String text = Texts.list(flat);
        return text == null ? "[]" : text;
    }

    /** Empty for what another build has written otherwise. */
    public static SortedMap<String, Notice> parse(@Nullable String text) {
        try {
            return parsed(text);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return new TreeMap<>();
        }
    }

    private static SortedMap<String, Notice> parsed(@Nullable String text) {
        List<String> flat = Texts.list(text);
        var all = new TreeMap<String, Notice>();
        for (int i = 0; i + EACH <= flat.size(); i += EACH) {
            String lanes = flat.get(i + 4);
            all.put(
                    flat.get(i),
                    new Notice(
                            flat.get(i + 1),
                            flat.get(i + 2),
                            Texts.policy(flat.get(i + 3)),
                            lanes.isEmpty() ? null : Lane.Kind.valueOf(lanes)));
        }
        return all;
    }
}
