package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Task;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What {@code holdfast link} prints, and for what that is good: on two nodes of one cluster. */
@Timeout(60)
@EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
class LinkCommandTest {
    private static final Task<String, String> PATIENT = Task.named("patient", String.class, String.class);

    private final TestDatabase database = TestDatabase.fresh();
    private final Server one = Server.open(ServerOptions.onPort(0));
    private final Server two = Server.open(ServerOptions.onPort(0));
    private Holdfast nodeOne;
    private Holdfast nodeTwo;
    private RunId run;

    @BeforeEach
    void join() {
        nodeOne = node("one");
        nodeTwo = node("two");
        one.serve(nodeOne);
        two.serve(nodeTwo);
        run = start();
    }

    private Holdfast node(String label) {
        return Holdfast.cluster(
                ClusterOptions.at(database.url().toString()).label(label),
                NodeOptions.defaults(),
                List.of(PATIENT.handle(LinkCommandTest::wait)));
    }

    private static String wait(Context ctx, String input) {
        ctx.send("hello");
        ctx.sleep(Duration.ofHours(1));
        return input;
    }

    private RunId start() {
        return nodeOne.runs()
                .start(new StartRequest(
                        Namespace.DEFAULT,
                        PATIENT.name(),
                        "\"x\"",
                        StartRequest.Identity.NONE,
                        StartRequest.Options.NONE))
                .id();
    }

    @AfterEach
    void leave() {
        one.close();
        two.close();
        nodeOne.close();
        nodeTwo.close();
        database.close();
    }

    @Test
    void aLinkShowsItsRunOnEachNodeAndNoOther() throws Exception {
        String link = run(Exit.OK, "link", run.toString(), "--ttl", "10m").strip();
        assertThat(link)
                .startsWith(one.url() + "/v1/runs/" + run + "/stream?watch=wl_")
                .doesNotContain("\n");

        for (Server each : List.of(one, two)) {
            assertThat(ask(on(each, link)).status()).as("%s", each.url()).isEqualTo(200);
        }
        RunId other = start();
        for (Server each : List.of(one, two)) {
            String theirs = on(each, link).toString().replace(run.toString(), other.toString());
            assertThat(ask(URI.create(theirs)).line()).contains("\"link_invalid\"");
            String forged = on(each, link) + "x";
            assertThat(ask(URI.create(forged)).line()).contains("\"link_invalid\"");
        }
    }

    @Test
    void aLinkEndsWithItsTime() {
        String link = run(Exit.OK, "link", run.toString(), "--ttl", "1s").strip();
        await("the time is over").atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            for (Server each : List.of(one, two)) {
                assertThat(ask(on(each, link)).line()).contains("\"link_expired\"");
            }
        });
    }

    @Test
    void forProgramsItSaysUntilWhen() {
        var answer = Json.parse(run(Exit.OK, "link", run.toString(), "--json"));
        assertThat(answer.at("url").text()).contains("?watch=wl_");
        assertThat(Instant.parse(answer.at("expires").text()))
                .as("an hour, unless it is said")
                .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_610));
    }

    @Test
    void whatCannotBeLinkedIsRefused() {
        assertThat(run(Exit.REFUSED, "link", "run_0000000000000000000000000a")).contains("run_unknown");
        assertThat(run(Exit.REFUSED, "link", run.toString(), "--ttl", "31d")).contains("30");
        assertThat(run(Exit.REFUSED, "link", run.toString(), "--ttl", "soon")).contains("ttl");
    }

    /** The same link, at this node. */
    private static URI on(Server server, String link) {
        URI there = URI.create(link);
        return server.url().resolve(there.getRawPath() + "?" + there.getRawQuery());
    }

    /** What was answered: the first line, and no more. */
    private record Answered(int status, String line) {}

    private static Answered ask(URI url) throws IOException {
        var connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setReadTimeout(10_000);
        int status = connection.getResponseCode();
        var body = status == 200 ? connection.getInputStream() : connection.getErrorStream();
        try (var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            return new Answered(status, lines.readLine());
        } finally {
            connection.disconnect();
        }
    }

    private String run(int exit, String... words) {
        var out = new StringWriter();
        String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--url";
        all[words.length + 1] = one.url().toString();
        assertThat(Main.run(all, new PrintWriter(out), new PrintWriter(out)))
                .as("%s", out)
                .isEqualTo(exit);
        return out.toString();
    }
}
