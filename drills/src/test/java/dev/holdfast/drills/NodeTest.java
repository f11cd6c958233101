package dev.holdfast.drills;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a process ends that was told to end, or had to. */
class NodeTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void who_is_told_to_end_has_to_leave_for_that_reason() throws InterruptedException {
        try (var process = told("exec sleep 60")) {
            assertThatCode(() -> node(process).awaitLeft(LONG)).doesNotThrowAnyException();
        }
        try (var process = told("trap 'exit 3' TERM; while :; do sleep 0.01; done")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> node(process).awaitLeft(LONG))
                    .withMessage("node a, which was told to end by SIGTERM, ended with 3 and not with 143");
        }
    }

    @Test
    void who_is_told_to_end_has_to_leave_in_time() throws InterruptedException {
        try (var process = told("trap '' TERM; exec sleep 60")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> node(process).awaitLeft(Duration.ofSeconds(1)))
                    .withMessageContaining("is alive after 1 s");
        }
    }

    @Test
    void whose_code_does_not_leave_has_to_halt_for_that_reason() throws InterruptedException {
        try (var process = told("trap 'exit 70' TERM; while :; do sleep 0.01; done")) {
            assertThatCode(() -> node(process).awaitHalted(LONG)).doesNotThrowAnyException();
        }
        try (var process = told("exec sleep 60")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> node(process).awaitHalted(LONG))
                    .withMessage("node a, which had to stop what it executed, ended with 143 and not with 70");
        }
    }

    /** A shell that does this, and was told to end when it was at it. */
    private ServerProcess told(String does) throws InterruptedException {
        String said = does.startsWith("trap")
                ? does.replaceFirst("TERM; ", "TERM; echo ready http://none; ")
                : "echo ready http://none; " + does;
        var command = List.of("sh", "-c", said);
        var process = ServerProcess.start(new ServerProcess.Setup(folder, 0, folder.resolve("log"), command));
        process.awaitReady(LONG);
        process.terminate();
        return process;
    }

    private static Node node(ServerProcess process) {
        return new Node("a", process, new Api(URI.create("http://none")));
    }
}
