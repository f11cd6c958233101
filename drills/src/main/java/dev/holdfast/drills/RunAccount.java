package dev.holdfast.drills;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the API tells of a run.
 *
 * @param id of the run
 * @param task its name
 * @param key business key, null if it has none
 * @param state name of the state
 * @param outcome name of the outcome, null before the end
 * @param output JSON, null if there is none
 * @param snapshots oldest first
 * @param steps in the order of their keys
 */
public record RunAccount(
        String id,
        String task,
        @Nullable String key,
        String state,
        @Nullable String outcome,
        @Nullable String output,
        List<Snap> snapshots,
        List<Step> steps) {
    public RunAccount {
        snapshots = List.copyOf(snapshots);
        steps = List.copyOf(steps);
    }

    /**
     * A snapshot.
     *
     * @param seq dense from 1
     * @param state after the change
     * @param outcome in the last one
     * @param epoch after the change
     * @param at ISO-8601
     * @param cause what changed and why
     */
    public record Snap(long seq, String state, @Nullable String outcome, long epoch, String at, String cause) {}

    /**
     * A recorded step.
     *
     * @param key its place
     * @param name what it is called
     * @param epoch in which it was recorded
     * @param status DONE, FAILED, PENDING or CANCELLED
     * @param tries how many times its body was begun in a row that was not interrupted
     */
    public record Step(String key, String name, long epoch, String status, int tries) {}

    /** Reads the body of {@code GET /v1/runs/{id}}. */
    public static RunAccount parse(String json) {
        JsonNode run = new JsonMapper().readTree(json);
        return new RunAccount(
                run.path("id").asString(""),
                run.path("task").asString(""),
                text(run, "key"),
                run.path("state").asString(""),
                text(run, "outcome"),
                run.path("output").isMissingNode() ? null : run.path("output").toString(),
                run.path("snapshots").valueStream().map(RunAccount::snap).toList(),
                run.path("steps").valueStream().map(RunAccount::step).toList());
    }

    private static Snap snap(JsonNode s) {
        return new Snap(
                s.path("seq").asLong(0),
                s.path("state").asString(""),
                text(s, "outcome"),
                s.path("epoch").asLong(0),
                s.path("at").asString(""),
                s.path("cause").asString(""));
    }

    private static Step step(JsonNode s) {
        return new Step(
                s.path("key").asString(""),
                s.path("name").asString(""),
                s.path("epoch").asLong(0),
                s.path("status").asString(""),
                s.path("tries").asInt(0));
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? null : value.asString();
    }

    /** Whether its story is over. */
    public boolean isFinished() {
        return state.equals("FINISHED");
    }

    /** In how many epochs steps were recorded. */
    public long epochsOfSteps() {
        return steps.stream().mapToLong(Step::epoch).distinct().count();
    }
}
