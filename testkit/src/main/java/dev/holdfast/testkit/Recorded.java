package dev.holdfast.testkit;

import dev.holdfast.core.Firings;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunError;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.engine.port.ErrorJson;
import dev.holdfast.engine.port.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run as a file: those members of what {@code GET /v1/runs/ID} serves that a replay needs. Others are ignored.
 *
 * <pre>{@code
 * {"id": "run_…", "task": "checkout", "version": "1", "outcome": "SUCCEEDED", "attempt": 1, "epoch": 1,
 *  "tags": [], "input": {"order": "o1"},
 *  "steps": [{"key": "1", "name": "charge", "epoch": 1, "status": "DONE", "tries": 1, "result": "c1", "error": null}]}
 * }</pre>
 */
record Recorded(Path file, RunId id, String task, Facts facts, String input, Map<StepKey, StepRecord> steps) {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * @param outcome null if it had not ended
     * @param scheduledAt null if no schedule has started it
     */
    record Facts(
            @Nullable Outcome outcome,
            int attempt,
            long epoch,
            @Nullable Instant scheduledAt) {}

    /** All in this folder, by name. */
    static List<Recorded> all(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".json"))
                    .sorted()
                    .map(Recorded::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the recorded runs in " + folder + " cannot be read", e);
        }
    }

    private static Recorded read(Path file) {
        try {
            JsonNode run = JSON.readTree(Files.readString(file));
            var steps = new TreeMap<StepKey, StepRecord>();
            for (JsonNode each : run.path("steps")) {
                StepRecord step = step(each);
                steps.put(step.key(), step);
            }
            String id = run.path("id").asString("");
            JsonNode outcome = run.path("outcome");
            var tags = new ArrayList<String>();
            for (JsonNode tag : run.path("tags")) tags.add(tag.asString(""));
            var facts = new Facts(
                    outcome.isString() ? Outcome.valueOf(outcome.asString()) : null,
                    run.path("attempt").asInt(1),
                    run.path("epoch").asLong(1),
                    Firings.plannedAt(tags).orElse(null));
            return new Recorded(
                    file,
                    RunId.parse(id).orElseThrow(() -> new IllegalArgumentException("it has no id of a run")),
                    run.path("task").asString(""),
                    facts,
                    json(run.path("input")),
                    steps);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    file + " is not a recorded run: write it with TestHoldfast.record or from GET /v1/runs/ID. "
                            + e.getMessage(),
                    e);
        }
    }

    private static String json(JsonNode value) {
        return value.isMissingNode() ? "null" : value.toString();
    }

    private static StepRecord step(JsonNode step) {
        var status = StepRecord.Status.valueOf(step.path("status").asString(""));
        JsonNode error = step.path("error");
        RunError failure = error.isObject() ? ErrorJson.read(error.toString()) : null;
        JsonNode result = step.path("result");
        return new StepRecord(
                new StepKey(step.path("key").asString("")),
                step.path("name").asString(""),
                status,
                step.path("epoch").asLong(1),
                step.path("tries").asInt(1),
                result.isNull() && status != StepRecord.Status.DONE ? null : json(result),
                failure,
                wait(step.path("awaits")));
    }

    private static @Nullable Wait wait(JsonNode awaits) {
        String until = awaits.path("until").asString("");
        Instant end = until.isEmpty() ? Instant.EPOCH : Instant.parse(until);
        return switch (awaits.path("kind").asString("")) {
            case "turn" -> new Wait.Turn(end);
            case "time" -> new Wait.Time(end);
            case "signal" -> new Wait.Signal(awaits.path("name").asString(""), until.isEmpty() ? null : end);
            case "token" -> new Wait.Token(awaits.path("token").asString(""), end);
            case "child" ->
                RunId.parse(awaits.path("run").asString(""))
                        .map(Wait.Child::new)
                        .orElse(null);
            default -> null;
        };
    }

    private static @Nullable ObjectNode json(@Nullable Wait wait) {
        if (wait == null) return null;
        ObjectNode json = JSON.createObjectNode();
        switch (wait) {
            case Wait.Turn w -> json.put("kind", "turn");
            case Wait.Time w -> json.put("kind", "time");
            case Wait.Signal w -> json.put("kind", "signal").put("name", w.name());
            case Wait.Token w -> json.put("kind", "token").put("token", w.id());
            case Wait.Child w -> json.put("kind", "child").put("run", w.run().toString());
        }
        if (wait.until() != null) json.put("until", wait.until().toString());
        return json;
    }

    static void write(RunView view, Path folder) {
        var run = view.run();
        ObjectNode json = JSON.createObjectNode();
        json.put("id", run.id().toString());
        json.put("task", run.origin().task());
        json.put("version", run.origin().version());
        Outcome outcome = run.status().outcome();
        json.put("outcome", outcome == null ? null : outcome.name());
        json.put("attempt", run.tries().attempt());
        json.put("epoch", run.fence().epoch());
        var tags = json.putArray("tags");
        for (String tag : run.origin().tags()) tags.add(tag);
        json.set("input", JSON.readTree(view.input()));
        var steps = new ArrayList<ObjectNode>();
        for (StepRecord step : view.steps()) steps.add(step(step));
        json.putArray("steps").addAll(steps);
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve(run.id() + ".json"),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(run.id() + " could not be recorded in " + folder, e);
        }
    }

    private static ObjectNode step(StepRecord step) {
        ObjectNode json = JSON.createObjectNode();
        json.put("key", step.key().toString());
        json.put("name", step.name());
        json.put("epoch", step.epoch());
        json.put("status", step.status().name());
        json.put("tries", step.tries());
        String result = step.result();
        json.set("result", JSON.readTree(result == null ? "null" : result));
        RunError error = step.error();
        json.set("error", JSON.readTree(error == null ? "null" : ErrorJson.write(error)));
        json.set("awaits", json(step.awaits()));
        return json;
    }
}
