package dev.holdfast.acceptance;

import dev.holdfast.drills.WatchAccount;
import dev.holdfast.drills.WatchAccount.Seen;
import dev.holdfast.drills.Watcher;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code follow --json} prints, as the account of a watcher. */
final class Frames {
    private static final JsonMapper JSON = new JsonMapper();

    private Frames() {}

    static WatchAccount account(String name, String run, String printed) {
        var frames = new ArrayList<Seen>();
        for (String line : printed.split("\n", -1)) {
            if (!line.isBlank()) frames.add(frame(JSON.readTree(line)));
        }
        boolean done = !frames.isEmpty() && frames.getLast().event().equals("done");
        return new WatchAccount(name, run, List.copyOf(frames), done);
    }

    private static Seen frame(JsonNode node) {
        return new Seen(
                0,
                node.path("event").asString(),
                node.path("id").asString(),
                node.path("epoch").asLong(),
                node.path("step").asString(""),
                node.path("data").toString());
    }

    /** The account of a watcher over HTTP that comes now. */
    static WatchAccount now(String name, CheckedApi api, String run) throws InterruptedException {
        return Watcher.attach(name, api.bare(), run).account(Stage.PATIENCE);
    }
}
