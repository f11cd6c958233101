package dev.holdfast.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.system.SystemClock;
import dev.holdfast.engine.system.SystemIds;
import dev.holdfast.testkit.History;
import dev.holdfast.testkit.ProcessTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 in the middle of commits: whatever was acknowledged is there. */
@ProcessTest
final class KillTest {
    @TempDir
    Path folder;

    @Test
    void whatWasAcknowledgedBeforeTheKillIsThere() throws Exception {
        var acknowledged = new ArrayList<String>();
        for (int kill = 1; kill <= 3; kill++) {
            acknowledged.addAll(writeAndKill(200 * kill));
            assertThere(acknowledged);
        }
        assertThat(acknowledged.stream().filter(a -> a.startsWith("finished"))).hasSizeGreaterThan(30);
    }

    private List<String> writeAndKill(int lines) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var said = new ArrayList<String>();
        try (var out = new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (said.size() == lines) writer.destroyForcibly();
            }
        } catch (IOException e) {
            // The pipe of a process that was killed.
            said.add("");
        }
        assertThat(writer.waitFor())
                .as("it was killed, it did not end by itself")
                .isNotZero();
        assertThat(said).as("what it said before it was killed").hasSizeGreaterThanOrEqualTo(lines);
        // The last line may be half.
        return said.subList(1, said.size() - 1);
    }

    private void assertThere(List<String> acknowledged) {
        var history = new History();
        try (Opened store = Opened.in(folder, new SystemClock(), new SystemIds())) {
            for (String line : acknowledged) {
                String[] words = line.split(" ", -1);
                RunId id = RunId.parse(words[1]).orElseThrow();
                switch (words[0]) {
                    case "started" -> history.started(id);
                    case "finished" -> history.ended(id, Outcome.SUCCEEDED);
                    case "claimed" ->
                        assertThat(store.ledger()
                                        .reads()
                                        .run(id)
                                        .orElseThrow()
                                        .fence()
                                        .epoch())
                                .as("%s", line)
                                .isGreaterThanOrEqualTo(Long.parseLong(words[2]));
                    case "appended" ->
                        assertThat(store.stream().head(id)).as("%s", line).isEqualTo(1);
                    default -> throw new AssertionError(line);
                }
                history.seen(store.ledger().reads().view(Namespace.DEFAULT, id).orElseThrow());
            }
            assertThat(history.violations()).isEmpty();
            // Nobody who holds a run is this boot.
            assertThat(store.ledger().orphans(store.node(), 1_000))
                    .allSatisfy(r -> assertThat(r.fence().holder()).isNotEqualTo(store.node()));
        }
    }

    @Test
    void aSecondProcessIsTurnedAwayAndToldWhoHasTheFolder() throws Exception {
        try (Opened store = Opened.in(folder, new SystemClock(), new SystemIds())) {
            assertThat(store.node().number()).isEqualTo(1);
            Process second = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledWriter.class.getName(),
                            folder.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(second.waitFor()).isNotZero();
            assertThat(said)
                    .contains("is in use by process " + ProcessHandle.current().pid())
                    .contains(folder.toRealPath().toString());
        }
        // The second one's visit has not ended the first one's lock, and the file it left is no obstacle.
        Opened.in(folder, new SystemClock(), new SystemIds()).close();
    }
}
