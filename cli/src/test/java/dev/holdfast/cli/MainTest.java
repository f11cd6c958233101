package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
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
    void whatARequestWithABodyIsRefusedForIsSaid() {
        for (var refusal : Map.of(401, "key_revoked", 403, "scope_missing").entrySet()) {
            problem("/v1/tasks/noop/runs", refusal.getKey(), refusal.getValue(), "in detail");
            problem("/v1/runs/" + RUN + "/cancel", refusal.getKey(), refusal.getValue(), "in detail");
            assertThat(ask("run", "noop", "--input", "{}").exits(3).err())
                    .isEqualTo("holdfast: " + refusal.getValue() + ": in detail\n");
            assertThat(ask("cancel", RUN).exits(3).err())
                    .isEqualTo("holdfast: " + refusal.getValue() + ": in detail\n");
        }
    }

    /** As a server may that need not read what it refuses. */
    @Test
    void whatIsRefusedBeforeTheBodyIsReadIsSaid() throws Exception {
        String large = Files.writeString(folder.resolve("large"), "\"" + "x".repeat(900_000) + "\"")
                .toString();
        String problem = "{\"code\":\"key_required\",\"detail\":\"first\"}";
        try (var hasty = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> answering = threads.submit(() -> {
                try (var socket = hasty.accept()) {
                    var in = socket.getInputStream();
                    var head = new StringBuilder();
                    while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.read());
                    String answer = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"holdfast\"\r\n"
                            + "Content-Type: application/problem+json\r\nConnection: close\r\nContent-Length: "
                            + problem.length() + "\r\n\r\n" + problem;
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    in.transferTo(OutputStream.nullOutputStream());
                }
                return null;
            });
            String url = "http://127.0.0.1:" + hasty.getLocalPort();

            var result =
                    run("run", "noop", "--input", "@" + large, "--url", url).exits(3);

            assertThat(result.err()).isEqualTo("holdfast: key_required: first\n");
            answering.get();
        }
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
    void nodesAreATable() {
        says("/v1/nodes", 200, """
                {"own": 8, "nodes": [{"number": 8, "label": "b\\u001b[2J", "address": "http://127.0.0.1:1",
                  "joined": "2026-01-02T03:04:05Z", "silentMillis": 12, "held": 3, "hosts": [{"name": "noop", "version": "1"}]}],
                 "takeovers": [{"number": 7, "label": "green", "by": 8, "at": "2026-01-02T03:04:05Z", "how": "RING",
                  "silentMillis": null, "tookMicros": 4200}]}
                """);
        assertThat(ask("nodes").exits(0).out())
                .containsSubsequence("NODE", "8* ", "b\ufffd[2J", "http://127.0.0.1:1", "12 ms", "3", "noop")
                .containsSubsequence("DEAD", "7 ", "green", "RING", "- ", "4.2 ms")
                .doesNotContain("WATCHES");
    }

    @Test
    void amongSeveralNodesTheTableSaysWhoWatchesWhom() {
        says("/v1/nodes", 200, """
                {"own": 8, "nodes": [
                 {"number": 8, "label": "blue", "address": "http://127.0.0.1:1", "joined": "2026-01-02T03:04:05Z",
                  "silentMillis": 12, "watches": 11, "held": 3, "hosts": []},
                 {"number": 11, "label": "green", "address": "http://127.0.0.1:2", "joined": "2026-01-02T03:04:05Z",
                  "silentMillis": 34, "watches": 8, "held": 0, "hosts": []}], "takeovers": []}
                """);
        assertThat(ask("nodes").exits(0).out())
                .containsSubsequence("SILENT", "WATCHES", "HOLDS")
                .containsSubsequence("8* ", "blue", "12 ms ", " 11 ", " 3 ", "11 ", "green", "34 ms ", " 8 ", " 0 ");
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
    void aServerThatCannotServeIsNoRefusal() {
        problem("/v1/tasks/noop/runs", 503, "disk_full", "the disk is full");
        assertThat(ask("run", "noop").exits(4).err()).contains("disk_full");
        problem("/v1/tasks/noop/runs", 500, "internal", "our fault");
        ask("run", "noop").exits(4);
        assertThat(ask("run", "noop", "--request-id", "rü").exits(2).err()).contains("--request-id", "ASCII");
    }

    @Test
    void everyCommandHasJsonAndTellsItsExitCodes() {
        for (String command : List.of(
                "dev",
                "server",
                "nodes",
                "run",
                "runs",
                "show",
                "follow",
                "explain",
                "cancel",
                "signal",
                "complete",
                "say",
                "threads",
                "queues",
                "pause",
                "resume",
                "limit",
                "delete",
                "backup",
                "restore",
                "limits",
                "doctor")) {
            assertThat(help(command))
                    .as(command)
                    .contains("--json", "{code, message, exit}", "HOLDFAST_DEBUG")
                    .contains(" 5 a mistake");
        }
        for (String drill : List.of(
                "crash",
                "node-death",
                "zombie",
                "partition",
                "database-restart",
                "replica-lag",
                "rolling-restart",
                "stream-takeover")) {
            assertThat(help("drill", drill))
                    .as(drill)
                    .contains("--json", "{code, message, exit}")
                    .contains(" 5 a mistake");
        }
    }

    @Test
    void aSignalAndATokenTakeAnyJson() throws Exception {
        says("/v1/runs/" + RUN + "/signals/a/b", 202, "{}");
        ask("signal", RUN, "a/b", "{\"n\": 1.50}").exits(0);
        assertThat(asked.get("/v1/runs/" + RUN + "/signals/a/b")).isEqualTo("{\"n\":1.50}");
        ask("signal", RUN, "a/b").exits(0);
        assertThat(asked.get("/v1/runs/" + RUN + "/signals/a/b")).isEqualTo("null");
        says("/v1/tokens/t/complete", 200, "{}");
        Path file = Files.writeString(folder.resolve("receipt.json"), "[true]\n");
        ask("complete", "t", "@" + file).exits(0);
        assertThat(asked.get("/v1/tokens/t/complete")).isEqualTo("[true]");
        assertThat(ask("complete", "t", "{").exits(3).err()).contains("json_malformed: the value is not JSON");
        problem("/v1/tokens/t/complete", 409, "token_completed", "it was completed before");
        assertThat(ask("complete", "t").exits(3).err()).contains("token_completed");
        ask("signal", RUN).exits(2);
    }

    @Test
    void aQueueIsChangedByPatch() {
        String queue = "{\"name\":\"mail\",\"paused\":false,\"concurrency\":3,\"laneConcurrency\":null,"
                + "\"rate\":{\"count\":100,\"per\":\"60s\"}}";
        says("/v1/queues/mail", 200, queue);
        says("/v1/queues/mail/lanes/a b", 200, "{\"paused\":true}");
        assertThat(ask("limit", "mail", "--concurrency", "3", "--lane-concurrency", "none")
                        .exits(0)
                        .out())
                .contains("mail", "3", "none");
        assertThat(asked.get("/v1/queues/mail")).isEqualTo("{\"concurrency\":3,\"laneConcurrency\":null}");
        assertThat(ask("limit", "mail", "--rate", "100/60s").exits(0).out()).contains("RATE", "100/60s");
        assertThat(asked.get("/v1/queues/mail")).isEqualTo("{\"rate\":{\"count\":100,\"per\":\"60s\"}}");
        ask("limit", "mail", "--rate", "none").exits(0);
        assertThat(asked.get("/v1/queues/mail")).isEqualTo("{\"rate\":null}");
        ask("limit", "mail", "--rate", "often").exits(2);
        ask("limit", "mail", "--rate", "/60s").exits(2);
        assertThat(ask("resume", "mail").exits(0).out()).startsWith("queue 'mail' is resumed");
        assertThat(asked.get("/v1/queues/mail")).isEqualTo("{\"paused\":false}");
        assertThat(ask("pause", "mail", "--lane", "a b").exits(0).out()).startsWith("lane 'a b' of queue 'mail'");
        assertThat(asked.get("/v1/queues/mail/lanes/a b")).isEqualTo("{\"paused\":true}");
        ask("limit", "mail").exits(2);
        ask("limit", "mail", "--concurrency", "many").exits(2);
        problem("/v1/queues/mail", 422, "limit_invalid", "a limit is at least 1");
        assertThat(ask("limit", "mail", "--concurrency", "0").exits(3).err()).contains("limit_invalid");
        assertThat(run("pause", "mail", "--url", "http://127.0.0.1:1").exits(4).err())
                .contains("server_unreachable");
    }

    @Test
    void whatARunWaitsForIsShown() {
        says(
                "/v1/runs/" + RUN,
                200,
                "{\"id\":\"" + RUN + "\",\"task\":\"t\",\"state\":\"BLOCKED\",\"status\":\"WAITING\",\"outcome\":null,"
                        + "\"queue\":\"default\",\"lane\":\"l\",\"parent\":\"run_parent\",\"createdAt\":\"2026-01-02T03:04:05Z\","
                        + "\"waiting\":{\"need\":\"ALL\",\"keys\":[\"1\",\"2\"]},\"steps\":["
                        + "{\"key\":\"1\",\"name\":\"await approved\",\"status\":\"PENDING\",\"awaits\":"
                        + "{\"kind\":\"signal\",\"name\":\"approved\",\"until\":\"2026-01-03T00:00:00Z\"}},"
                        + "{\"key\":\"2\",\"name\":\"call part\",\"status\":\"PENDING\",\"awaits\":"
                        + "{\"kind\":\"child\",\"run\":\"run_child\",\"until\":null}}]}");
        says("/v1/runs/" + RUN + "/explain", 200, "{\"sentence\":\"It waits.\"}");
        assertThat(ask("show", RUN).exits(0).out())
                .contains("WAITING", "parent   run_parent", "lane     l", "waits for all of", "run_child")
                .containsPattern("1 +signal +approved +until 2026-01-03T00:00:00Z");
    }

    @Test
    void somethingIsSaidInAThread() {
        says("/v1/threads/t 1/messages", 202, "{\"id\":\"" + RUN + "\"}");
        assertThat(ask("say", "t 1", "a \"b\"").exits(0).out().strip()).isEqualTo(RUN);
        assertThat(asked.get("/v1/threads/t 1/messages")).isEqualTo("{\"input\":{\"message\":\"a \\\"b\\\"\"}}");
        ask("say", "t 1", "hello", "--task", "support").exits(0);
        assertThat(asked.get("/v1/threads/t 1/messages"))
                .isEqualTo("{\"task\":\"support\",\"input\":{\"message\":\"hello\"}}");
        says("/v1/threads/t 1", 200, "{\"turns\":[],\"next\":null}");
        assertThat(ask("threads", "t 1").exits(0).out()).startsWith("nothing was said");
    }

    /** Without its line breaks. */
    private static String help(String... command) {
        String[] asked = Stream.concat(Stream.of(command), Stream.of("--help")).toArray(String[]::new);
        return run(asked).exits(0).out().replaceAll("\\s+", " ");
    }
}
