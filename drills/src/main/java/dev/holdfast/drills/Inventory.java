package dev.holdfast.drills;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All runs of a server, each as its own page shows it. */
public final class Inventory {
    private static final int PAGE = 100;
    private static final JsonMapper JSON = new JsonMapper();

    private Inventory() {}

    /**
     * Reads all runs, newest first.
     *
     * @throws IllegalStateException if the server does not answer
     */
    public static List<RunAccount> of(Client client) throws InterruptedException {
        var runs = new ArrayList<RunAccount>();
        for (String id : rows(client, "").keySet()) {
            Api.Answer answer = client.get("/v1/runs/" + id);
            if (!answer.isSuccess()) throw new IllegalStateException("reading " + id + ": " + answer);
            runs.add(RunAccount.parse(answer.body()));
        }
        return runs;
    }

    /**
     * All runs with a tag, newest first, and all tags of each.
     *
     * @throws IllegalStateException if the server does not answer
     */
    static Map<String, List<String>> tagged(Client client, String tag) throws InterruptedException {
        var tags = new LinkedHashMap<String, List<String>>();
        rows(client, "&tag=" + URLEncoder.encode(tag, StandardCharsets.UTF_8))
                .forEach((id, row) -> tags.put(
                        id,
                        row.path("tags").valueStream().map(JsonNode::asString).toList()));
        return tags;
    }

    /** What the list shows, by the id. */
    private static Map<String, JsonNode> rows(Client client, String filter) throws InterruptedException {
        var rows = new LinkedHashMap<String, JsonNode>();
        String cursor = null;
        do {
            Api.Answer answer = client.get(page(cursor) + filter);
            if (!answer.isSuccess()) throw new IllegalStateException("reading the list of runs: " + answer);
            JsonNode page = JSON.readTree(answer.body());
            for (JsonNode run : page.path("runs")) rows.put(run.path("id").asString(""), run);
            cursor = page.path("next").isString() ? page.path("next").asString() : null;
        } while (cursor != null);
        return rows;
    }

    private static String page(@Nullable String cursor) {
        return "/v1/runs?limit=" + PAGE + (cursor == null ? "" : "&cursor=" + cursor);
    }
}
