package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.Strike.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether who was told to end is replaced as soon as who was killed. */
class RollingRestartTest {
    private static final Instant HIT = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SUCCESSOR = 1;

    @TempDir
    private Path folder;

    private final List<ServerProcess> processes = new ArrayList<>();
    private final List<Strike> strikes = new ArrayList<>();
    private Path diary;

    @BeforeEach
    void begin() {
        diary = folder.resolve("diary");
    }

    @AfterEach
    void end() {
        processes.forEach(ServerProcess::close);
    }

    @Test
    void who_is_told_to_end_and_waits_is_found() throws IOException {
        hit(Kind.TERM, 80, 1_300, 5_040);
        hit(Kind.KILL, 90, 200, 5_000);

        assertThat(violations())
                .containsExactly("runs of a node that was told to end went on after 1300 ms (p50),"
                        + " and those of one that was killed after 200 ms");
    }

    @Test
    void who_is_told_to_end_on_a_busy_machine_is_not() throws IOException {
        hit(Kind.TERM, 80, 1_150, 5_040);
        hit(Kind.KILL, 90, 200, 210);

        assertThat(violations()).isEmpty();
    }

    @Test
    void with_nothing_to_compare_there_is_no_verdict() throws IOException {
        hit(Kind.TERM, 1_300);
        hit(Kind.KILL);

        assertThat(violations()).isEmpty();
    }

    /** A node, whose runs went on elsewhere after so many milliseconds. */
    private void hit(Kind kind, int... millis) throws IOException {
        var process = ServerProcess.start(
                new ServerProcess.Setup(folder, 0, folder.resolve("log"), List.of("sh", "-c", "exec sleep 60")));
        processes.add(process);
        var strike = new Strike(kind, HIT, new Node("a", process, new Api(URI.create("http://none"))), 1);
        strikes.add(strike);
        for (int i = 0; i < millis.length; i++) {
            String run = "run_" + strikes.size() + "_" + i;
            begins(run, 1, process.pid(), strike.micros() - 10_000);
            begins(run, 2, SUCCESSOR, strike.micros() + millis[i] * 1_000L);
        }
    }

    private void begins(String run, int epoch, long pid, long micros) throws IOException {
        Files.writeString(
                diary,
                "begin " + run + " 1 " + epoch + " " + pid + " " + micros + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private List<String> violations() {
        return new RollingRestart(1)
                .violations(new Evidence(List.of(), Map.of(), new Diary(diary, 9), strikes, new Deaths()));
    }
}
