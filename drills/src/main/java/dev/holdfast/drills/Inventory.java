package dev.holdfast.drills;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
        for (String id : ids(client)) {
            Api.Answer answer = client.get("/v1/runs/" + id);
            if (!answer.isSuccess()) throw new IllegalStateException("reading " + id + ": " + answer);
            runs.add(RunAccount.parse(answer.body()));
        }
        return runs;
    }

    private static Set<String> ids(Client client) throws InterruptedException {
        var ids = new LinkedHashSet<String>();
        String cursor = null;
        do {
            Api.Answer answer = client.get(page(cursor));
            if (!answer.isSuccess()) throw new IllegalStateException("reading the list of runs: " + answer);
            JsonNode page = JSON.readTree(answer.body());
            for (JsonNode run : page.path("runs")) ids.add(run.path("id").asString(""));
            cursor = page.path("next").isString() ? page.path("next").asString() : null;
        } while (cursor != null);
        return ids;
    }

    private static String page(@Nullable String cursor) {
        return "/v1/runs?limit=" + PAGE + (cursor == null ? "" : "&cursor=" + cursor);
    }
}
