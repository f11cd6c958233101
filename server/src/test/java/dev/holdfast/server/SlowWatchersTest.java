package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ProcessTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watchers that read nothing, or next to nothing, of a server in a process of its own. */
@Timeout(120)
class SlowWatchersTest {
    private static final int MANY = 10;
    private static final long MEGABYTE = 1_000_000;
    /** As little as a socket has. */
    private static final int NO_ROOM = 1_024;
    /** For what is read: through less than a packet of the loopback Linux sends a little every 0.2 s only, when a timer tells it to. */
    private static final int ROOM = 128 * 1_024;

    @TempDir
    private Path folder;

    private Process process;
    private BufferedReader answers;
    private PrintWriter orders;
    private URI url;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SlowWatchersProgram.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader();
        orders = new PrintWriter(process.outputWriter(), true);
        url = URI.create(answers.readLine());
    }

    @AfterEach
    void end() throws Exception {
        orders.close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
    }

    @Test
    @ProcessTest
    void whoDoesNotReadIsCutOffAndCostsNeitherMemoryNorOthersTheirTime() throws Exception {
        String flood = ask("flood");
        assertThat(read(flood, ""))
                .as("all is stored, and everything was loaded")
                .hasSize(SlowWatchersProgram.CHUNKS);
        String ticks = ask("ticks");
        var ticking = new FutureTask<>(() -> latencies(ticks));
        Thread.ofPlatform().daemon().start(ticking);
        await("it is watched").atMost(Duration.ofSeconds(10)).until(() -> watchers() == 1);
        long before = heap();

        var idle = new ArrayList<Socket>();
        idle.add(lazy(flood, ROOM));
        while (idle.size() < MANY) idle.add(lazy(flood, NO_ROOM));
        await("they watch").atMost(Duration.ofSeconds(10)).until(() -> watchers() == MANY + 1);
        String cursor = someOf(idle.getFirst());
        assertThat(ticking).as("one who reads beside them").isNotDone();
        var sipping = Thread.ofPlatform().daemon().start(() -> sip(idle.subList(MANY / 2, MANY)));
        await("they are cut off")
                .atMost(SlowWatchersProgram.PATIENCE.multipliedBy(4))
                .until(() -> {
                    int readers = ticking.isDone() ? 0 : 1;
                    return watchers() == readers;
                });

        assertThat(heap() - before).as("bytes that are still in use").isLessThan(5 * MEGABYTE);
        sipping.interrupt();
        for (Socket each : idle) each.close();
        long[] late = ticking.get();
        assertThat(late.length).isGreaterThan(SlowWatchersProgram.TICKS * 9 / 10);
        // Whoever waited for one of the others would wait for as long as their patience lasts: 3 s of the 20.
        assertThat(late[late.length * 9 / 10]).as("of one who reads, p90 in ms").isLessThan(200);
        assertThat(late[late.length * 99 / 100])
                .as("of one who reads, p99 in ms")
                .isLessThan(1_500);

        List<Long> rest = read(flood, cursor);
        long first = rest.getFirst();
        assertThat(first).as("it had some").isGreaterThan(1);
        assertThat(rest)
                .containsExactlyElementsOf(IntStream.rangeClosed((int) first, SlowWatchersProgram.CHUNKS)
                        .mapToObj(i -> (long) i)
                        .toList());
        assertThat(cursor).endsWith("." + (first - 1) + "." + cursor.substring(cursor.lastIndexOf('.') + 1));
    }

    private String ask(String order) throws IOException {
        orders.println(order);
        return answers.readLine();
    }

    private long heap() throws IOException {
        return Long.parseLong(ask("heap"));
    }

    /** How many streams are open, as the server says. */
    private int watchers() throws IOException {
        try (InputStream in = url.resolve("/metrics").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("holdfast_watchers "))
                    .map(line -> (int) Double.parseDouble(line.substring("holdfast_watchers ".length())))
                    .findFirst()
                    .orElse(0);
        }
    }

    /** Opens a stream with this much room for what is not read, in bytes. */
    private Socket lazy(String run, int room) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(room);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()));
        String request = "GET /v1/runs/" + run + "/stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Reads until it has had a few chunks whole; the id of the last of them. */
    private static String someOf(Socket socket) throws IOException {
        var ids = new ArrayList<String>();
        var line = new StringBuilder();
        boolean chunk = false;
        String id = "";
        while (ids.size() < 3) {
            int next = socket.getInputStream().read();
            if (next < 0) throw new IOException("it was cut off after " + ids);
            if (next != '\n') {
                if (next != '\r') line.append((char) next);
                continue;
            }
            String text = line.toString();
            line.setLength(0);
            if (text.startsWith("event: ")) chunk = text.equals("event: chunk");
            if (text.startsWith("id: ")) id = text.substring(4);
            if (text.startsWith("data: ") && chunk) ids.add(id);
        }
        return ids.getLast();
    }

    /** A byte a second of each. */
    private static void sip(List<Socket> sockets) {
        try {
            while (true) {
                for (Socket each : sockets) if (each.getInputStream().read() < 0) return;
                Thread.sleep(Duration.ofSeconds(1));
            }
        } catch (IOException | InterruptedException e) {
            // Cut off, or the test is over.
        }
    }

    /** The numbers of the chunks that one who reads gets. */
    private List<Long> read(String run, String cursor) throws IOException {
        var chunks = new ArrayList<Long>();
        try (BufferedReader lines = open(run, cursor)) {
            String event = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) event = line.substring(7);
                if (!line.startsWith("data: ") || !event.equals("chunk")) continue;
                String data = line.substring(line.indexOf("\"data\":\"") + 8);
                chunks.add(Long.parseLong(data.substring(0, data.indexOf(' '))));
            }
            assertThat(event).isEqualTo("done");
        }
        return chunks;
    }

    /** In milliseconds, sorted. */
    private long[] latencies(String run) throws IOException {
        var late = new ArrayList<Long>();
        try (BufferedReader lines = open(run, "")) {
            String event = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) event = line.substring(7);
                if (!line.startsWith("data: ") || !event.equals("chunk")) continue;
                String sent = line.substring(line.indexOf("\"data\":") + 7, line.length() - 1);
                late.add((System.nanoTime() - Long.parseLong(sent)) / 1_000_000);
            }
        }
        return late.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private BufferedReader open(String run, String cursor) throws IOException {
        var connection = (HttpURLConnection)
                url.resolve("/v1/runs/" + run + "/stream").toURL().openConnection();
        connection.setReadTimeout(30_000);
        if (!cursor.isEmpty()) connection.setRequestProperty("Last-Event-ID", cursor);
        return new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    }
}
