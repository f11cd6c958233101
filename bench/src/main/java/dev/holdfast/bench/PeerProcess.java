package dev.holdfast.bench;

import dev.holdfast.drills.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run of a contender's program: it prints a line of JSON for each thing that it says.
 *
 * @param postgres its server, in the form of libpq
 * @param postmaster the server's process, 0 if it is elsewhere
 * @param errors gets what it prints to standard error
 */
record PeerProcess(String postgres, long postmaster, Path errors) {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int TOLD = 12;

    /** Runs it to its end and notes what it says. */
    void run(Contender contender, String classPath, List<String> words, PeerSheet sheet)
            throws IOException, InterruptedException {
        var all = new ArrayList<>(words);
        all.add("postmaster=" + postmaster);
        var builder = new ProcessBuilder(JavaCommand.on(classPath, contender.main(), all.toArray(String[]::new)))
                .redirectError(errors.toFile());
        builder.environment().put("PEERS_POSTGRES", postgres);
        Process process = builder.start();
        Thread.ofPlatform().daemon().start(() -> endAfter(process, LIMIT));
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(JsonMapper.shared().readTree(line), contender, sheet);
            }
            int code = process.waitFor();
            if (code != 0) throw new IllegalStateException(contender.name() + " ended with " + code + ":\n" + told());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void endAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void note(JsonNode said, Contender contender, PeerSheet sheet) {
        if (said.has("setting")) {
            sheet.setting(
                    contender,
                    said.path("setting").asString(),
                    said.path("value").asString());
        } else if (said.has("note")) {
            sheet.note(
                    contender,
                    said.path("load").asString() + ": " + said.path("note").asString());
        } else {
            var line = new Line(
                    said.path("load").asString(),
                    said.path("name").asString(),
                    Unit.valueOf(said.path("unit").asString()));
            JsonNode value = said.path("value");
            sheet.add(contender, line, value.isNull() ? Double.NaN : value.asDouble());
        }
    }

    private String told() throws IOException {
        List<String> lines = Files.readAllLines(errors);
        return lines.stream().skip(Math.max(0, lines.size() - TOLD)).collect(Collectors.joining("\n"));
    }
}
