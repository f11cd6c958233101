package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in this process, asking a server that says what the test wants. */
class MainTest {
    private static final String RUN = "run_00000000000000000000000000";
    /** Clears the screen, sets a title by C1, turns the direction of what follows. */
    private static final String EVIL = "a\u001b[2J\r\u009d0;x\u0007\u202eb\u2066";

    private static final String PLAIN = "a\ufffd[2J\ufffd\ufffd0;x\ufffd\ufffdb\ufffd";

    @TempDir
    Path folder;

    private record Said(int status, String type, String body) {}

    private record Result(int exit, String out, String err) {
        Result exits(int wanted) {
            assertThat(exit).as("out: %s%nerr: %s", out, err).isEqualTo(wanted);
            return this;
        }
    }

    private final Map<String, Said> answers = new ConcurrentHashMap<>();
    private final Map<String, String> asked = new ConcurrentHashMap<>();
    private final HttpServer server = open();

    private static HttpServer open() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void serve() {
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.put(path, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Said said = answers.getOrDefault(path, new Said(404, "text/plain", ""));
            byte[] body = said.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", said.type());
            exchange.sendResponseHeaders(said.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Result ask(String... command) {
        return run(Stream.concat(Stream.of(command), Stream.of("--url", url())).toArray(String[]::new));
    }

    private static Result run(String... command) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.run(command, new PrintWriter(out), new PrintWriter(err));
        return new Result(exit, out.toString(), err.toString());
    }

    private void says(String path, int status, String json) {
        answers.put(path, new Said(status, "application/json", json));
    }

    private void problem(String path, int status, String code, String detail) {
        says(path, status, "{\"code\":\"" + code + "\",\"detail\":" + new Json(detail).compact() + "}");
    }

    @Test
    void anInputIsReadFromAFile() throws Exception {
        says("/v1/tasks/noop/runs", 201, "{\"id\":\"" + RUN + "\"}");
        Path file = Files.writeString(folder.resolve("order.json"), "{\"é\": 1.50}\n");
        assertThat(ask("run", "noop", "--input", "@" + file).exits(0).out().strip())
                .isEqualTo(RUN);
        assertThat(asked.get("/v1/tasks/noop/runs")).contains("\"input\":{\"é\":1.50}");
    }

    @Test
    void aFileThatIsNoInputIsNamedInOneLine() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        Path binary = Files.write(folder.resolve("binary"), new byte[] {'"', (byte) 0xff, '"'});
        Path twice = Files.writeString(folder.resolve("twice"), "{\"a\":1,\"a\":2}");
        Path half = Files.writeString(folder.resolve("half"), "\"\\ud800\"");
        told("input_unreadable: '" + folder + "' is a folder", "@" + folder);
        told("input_unreadable: there is no file " + folder.resolve("none"), "@" + folder.resolve("none"));
        told("json_malformed: --input is not JSON: it is empty", "@" + empty);
        told("json_malformed: --input is not JSON: @" + binary + " is not UTF-8", "@" + binary);
        told("json_malformed: --input is not JSON: a name is there twice", "@" + twice);
        told("text_invalid: ", "@" + half);
        told("json_malformed: --input is not JSON: it ends in the middle", "{\"a\": [1");
        told("json_malformed: --input is not JSON: something there", "{\"a\": NaN}");
        assertThat(asked).isEmpty();
    }

    private void told(String wanted, String input) {
        var result = ask("run", "noop", "--input", input).exits(3);
        assertThat(result.err()).startsWith("holdfast: " + wanted).doesNotContain("Feature", "Source", "tools.jackson");
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void anArgumentIsNeverAFileWithMoreOfThem() throws Exception {
        Path file = Files.writeString(folder.resolve("more"), "--help");
        problem("/v1/tasks/@" + file + "/runs", 404, "task_unknown", "no such task");
        assertThat(ask("run", "@" + file).exits(3).out()).isEmpty();
        run("@" + file).exits(2);
    }

    @Test
    void whatARunSendsDoesNotReachTheTerminalAsACommand() {
        String text = new Json(EVIL + "\t1\n").compact();
        String frames =
                "event: chunk\nid: " + RUN + ".1.1\ndata: {\"epoch\":1,\"step\":\"1/1\",\"data\":" + text + "}\n\n"
                        + "event: done\nid: " + RUN
                        + ".2.1\ndata: {\"epoch\":2,\"step\":null,\"data\":{\"outcome\":\"SUCCEEDED\"}}\n\n";
        answers.put("/v1/runs/" + RUN + "/stream", new Said(200, "text/event-stream", frames));
        assertThat(ask("follow", RUN).exits(0).out()).isEqualTo(PLAIN + "\t1\n");
        assertThat(ask("follow", RUN, "--json").exits(0).out()).contains("\"data\":" + text);
    }

    @Test
    void whatIsShownOfARunHasNoCommandsForTheTerminal() {
        String evil = new Json(EVIL).compact();
        says(
                "/v1/runs/" + RUN,
                200,
                "{\"id\":\"" + RUN + "\",\"task\":\"noop\",\"state\":\"FINISHED\",\"outcome\":\"FAILED\",\"key\":"
                        + evil
                        + ",\"tags\":[" + evil + "],\"createdAt\":\"2026-01-02T03:04:05Z\",\"error\":{\"type\":" + evil
                        + ",\"message\":" + evil + "},\"input\":{" + evil + ":" + evil + "}}");
        assertThat(ask("show", RUN).exits(0).out())
                .contains("key      " + PLAIN, "tags     " + PLAIN, PLAIN + ": " + PLAIN)
                .doesNotContain("\u001b", "\u009d", "\u202e", "\r");
        says("/v1/runs/" + RUN + "/explain", 200, "{\"sentence\":" + evil + "}");
        assertThat(ask("explain", RUN).exits(0).out()).isEqualTo(PLAIN + System.lineSeparator());
    }

    @Test
    void anErrorHasNoCommandsForTheTerminal() {
        problem("/v1/runs/" + RUN, 404, "run_unknown", EVIL.replace("\r", "") + "\nsecond");
        assertThat(ask("show", RUN).exits(3).err())
                .isEqualTo("holdfast: run_unknown: " + PLAIN.replaceFirst("J\ufffd", "J") + " second"
                        + System.lineSeparator());
        assertThat(ask("show", RUN, "--" + EVIL).exits(2).err()).doesNotContain("\u001b", "\u202e");
    }

    @Test
    void programsGetErrorsAsALineOfJson() {
        problem("/v1/runs/" + RUN, 404, "run_unknown", "there is \"no\" run\nthere");
        json(ask("show", RUN, "--json"), "run_unknown", 3);
        json(ask("show", "--json"), "usage", 2);
        json(run("show", RUN, "--json", "--url", "http://127.0.0.1:1"), "server_unreachable", 4);
        json(run("dev", "--json", "--port", "70000", "--data", folder.toString()), "port_invalid", 3);
        json(run("drill", "crash", "--json", "--kills", "0"), "usage", 2);
    }

    private static void json(Result result, String code, int exit) {
        assertThat(result.exits(exit).out()).isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        Json error = Json.parse(result.err());
        assertThat(error.at("code").text()).isEqualTo(code);
        assertThat(error.at("message").text()).isNotBlank();
        assertThat(error.at("exit").number()).isEqualTo(exit);
    }

    @Test
    void aUrlIsAServerAndNothingMore() {
        for (String wrong : List.of("/v1", "?a=b", "#x", "/?a=b")) {
            assertThat(run("runs", "--url", url() + wrong).exits(2).err())
                    .contains("url_invalid", "http://127.0.0.1:7007");
        }
        for (String wrong :
                List.of("ftp://localhost", "localhost:7007", "http://", "http://me@localhost", "http://a:99999")) {
            run("runs", "--url", wrong).exits(2);
        }
        says("/v1/runs", 200, "{\"runs\":[]}");
        assertThat(run("runs", "--url", url() + "/").exits(0).out()).startsWith("no runs");
    }

    @Test
    void aServerThatCannotServeIsNoRefusal() {
        problem("/v1/tasks/noop/runs", 507, "disk_full", "the disk is full");
        assertThat(ask("run", "noop").exits(4).err()).contains("disk_full");
        problem("/v1/tasks/noop/runs", 500, "internal", "our fault");
        ask("run", "noop").exits(4);
        assertThat(ask("run", "noop", "--request-id", "rü").exits(2).err()).contains("--request-id", "ASCII");
    }

    @Test
    void everyCommandHasJsonAndTellsItsExitCodes() {
        for (String command :
                List.of("dev", "run", "runs", "show", "follow", "explain", "cancel", "delete", "doctor")) {
            assertThat(help(command))
                    .as(command)
                    .contains("--json", "{code, message, exit}", "HOLDFAST_DEBUG")
                    .contains(" 5 a mistake");
        }
        assertThat(help("drill", "crash"))
                .contains("--json", "{code, message, exit}")
                .contains(" 5 a mistake");
    }

    /** Without its line breaks. */
    private static String help(String... command) {
        String[] asked = Stream.concat(Stream.of(command), Stream.of("--help")).toArray(String[]::new);
        return run(asked).exits(0).out().replaceAll("\\s+", " ");
    }
}
