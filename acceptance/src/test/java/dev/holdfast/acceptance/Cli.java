package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line as people and scripts use it: a process, what it prints, and its exit code. */
final class Cli {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final int port;
    private final List<Running> commands;
    private final Map<String, String> environment;

    Cli(Path folder, int port, List<Running> commands) {
        this(folder, port, commands, Map.of());
    }

    private Cli(Path folder, int port, List<Running> commands, Map<String, String> environment) {
        this.folder = folder;
        this.port = port;
        this.commands = commands;
        this.environment = Map.copyOf(environment);
    }

    /** The same with these in the environment. */
    Cli with(Map<String, String> more) {
        return new Cli(folder, port, commands, more);
    }

    /** How a command ended. */
    record Result(String command, int code, String out, String err) {
        /** It must have gone well. */
        Result ok() {
            return code(0);
        }

        Result code(int wanted) {
            assertThat(code)
                    .as("exit code of '%s'%nout: %s%nerr: %s", command, out, err)
                    .isEqualTo(wanted);
            return this;
        }

        JsonNode json() {
            return JSON.readTree(out);
        }

        /** An error is told in a line or two, never as a stack trace. */
        Result tells(String... words) {
            assertThat(err).as("what '%s' says", command).contains(words).doesNotContain("\tat ", "Exception");
            return this;
        }
    }

    /** A command on its way. */
    record Running(String command, Process process, Path out, Path err) {
        Result await() throws IOException, InterruptedException {
            if (!process.waitFor(Stage.PATIENCE.toMillis() * 4, TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        command + " did not end; so far it printed: " + Files.readString(out) + Files.readString(err));
            }
            return new Result(command, process.exitValue(), Files.readString(out), Files.readString(err));
        }

        String soFar() throws IOException {
            return Files.readString(out);
        }

        void kill() {
            process.destroyForcibly();
        }
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return start(arguments).await();
    }

    Running start(String... arguments) throws IOException {
        String name = "command-" + NUMBER.incrementAndGet();
        Path out = folder.resolve(name + ".out");
        Path err = folder.resolve(name + ".err");
        var builder = new ProcessBuilder(JavaCommand.like("dev.holdfast.cli.Main", arguments))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("HOLDFAST_URL", "http://127.0.0.1:" + port);
        builder.environment().putAll(environment);
        var running = new Running("holdfast " + String.join(" ", arguments), builder.start(), out, err);
        commands.add(running);
        return running;
    }
}
