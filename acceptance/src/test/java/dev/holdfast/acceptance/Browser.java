package dev.holdfast.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Chromium of this machine, without a window, spoken to in its own protocol: what a page does is what its users see. Named
 * by {@code HOLDFAST_CHROMIUM} or found on the path; a test that needs it is skipped where there is none.
 */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI devtools;
    private final List<Tab> tabs = new ArrayList<>();

    private Browser(Process process, URI devtools) {
        this.process = process;
        this.devtools = devtools;
    }

    /**
     * Starts it.
     *
     * @param folder for its profile and what it prints
     */
    static Browser open(Path folder, String... flags) {
        Path program = program().orElse(null);
        assumeTrue(program != null, "needs Chromium: install it, or name it by HOLDFAST_CHROMIUM");
        try {
            Path profile = Files.createDirectories(folder.resolve("chromium"));
            var command = new ArrayList<>(List.of(
                    program.toString(),
                    "--headless=new",
                    // Root may not have a sandbox, and containers have no room in /dev/shm.
                    "--no-sandbox",
                    "--disable-dev-shm-usage",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--no-first-run",
                    "--remote-debugging-port=0",
                    "--user-data-dir=" + profile));
            command.addAll(List.of(flags));
            command.add("about:blank");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("chromium.log").toFile())
                    .start();
            Path port = profile.resolve("DevToolsActivePort");
            try {
                Awaitility.await("Chromium says its port")
                        .atMost(PATIENCE)
                        .until(() -> Files.exists(port) && Files.size(port) > 0);
                String first = Files.readAllLines(port).getFirst();
                return new Browser(process, URI.create("http://127.0.0.1:" + first));
            } catch (RuntimeException | IOException e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> program() {
        String named = System.getenv("HOLDFAST_CHROMIUM");
        if (named != null) return Optional.of(Path.of(named));
        return Stream.of(System.getenv("PATH").split(":", -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A new tab, which shows this page. */
    Tab tab(URI page) throws IOException, InterruptedException {
        HttpRequest asked = HttpRequest.newBuilder(devtools.resolve("/json/new?about:blank"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        JsonNode target = JsonMapper.shared()
                .readTree(http.send(asked, HttpResponse.BodyHandlers.ofString()).body());
        var tab = Tab.of(http, URI.create(target.path("webSocketDebuggerUrl").asString()));
        tabs.add(tab);
        tab.show(page);
        return tab;
    }

    @Override
    public void close() {
        tabs.forEach(Tab::close);
        http.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
