package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ApiKey.Scope;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links with which one run is watched, on two nodes of one cluster. */
@Timeout(60)
class LinksTest {
    private static final Task<String, String> PATIENT = Task.named("patient", String.class, String.class);
    private static final Task<String, String> QUICK = Task.named("quick", String.class, String.class);

    private final TestDatabase database = TestDatabase.fresh();
    private final ApiKeys keys = ApiKeys.at(database.url().toString());
    private final Server one = Server.open(ServerOptions.onPort(0));
    private final Server two = Server.open(ServerOptions.onPort(0).allowOrigin("https://app.example.com"));
    private final Http first = new Http(one.url());
    private final Http second = new Http(two.url());
    private final HttpClient client = HttpClient.newHttpClient();
    private Holdfast nodeOne;
    private Holdfast nodeTwo;

    @BeforeEach
    void join() {
        nodeOne = node("one");
        nodeTwo = node("two");
        one.serve(nodeOne);
        two.serve(nodeTwo);
    }

    private Holdfast node(String label) {
        return Holdfast.cluster(
                ClusterOptions.at(database.url().toString()).label(label),
                NodeOptions.defaults(),
                List.of(PATIENT.handle(LinksTest::wait), QUICK.handle((ctx, input) -> input)));
    }

    private static String wait(Context ctx, String input) {
        ctx.send("hello");
        ctx.sleep(Duration.ofHours(1));
        return input;
    }

    @AfterEach
    void leave() {
        client.close();
        first.close();
        second.close();
        one.close();
        two.close();
        nodeOne.close();
        nodeTwo.close();
        keys.close();
        database.close();
    }

    @Test
    void aLinkShowsOneRunOnAllNodesAndNothingElse() throws Exception {
        String chief = keys.create("chief", Scope.ADMIN).key();
        String reader = keys.create("reader", Scope.READ).key();
        String run = started("patient", chief);
        String other = started("patient", chief);

        Http.Response made = links(run, "{\"ttl\":\"10m\"}", reader);
        assertThat(made.status()).isEqualTo(201);
        assertThat(Instant.parse(made.json().path("expires").asString()))
                .isBetween(Instant.now().plusSeconds(590), Instant.now().plusSeconds(601));
        URI link = URI.create(made.json().path("url").asString());
        assertThat(link).hasHost("127.0.0.1").hasPort(one.url().getPort()).hasPath("/v1/runs/" + run + "/stream");

        String token = link.getQuery();
        for (Server server : List.of(one, two)) {
            try (var stream = new Opened(server.url().resolve("/v1/runs/" + run + "/stream?" + token), "")) {
                assertThat(stream.until("event: chunk")).isNotEmpty();
            }
        }
        for (Http http : List.of(first, second)) {
            assertThat(http.get("/v1/runs/" + other + "/stream?" + token).code())
                    .isEqualTo("link_invalid");
            for (String path : List.of("", "/snapshots", "/steps", "/explain")) {
                assertThat(http.get("/v1/runs/" + run + path + "?" + token).code())
                        .as(path)
                        .isEqualTo("key_required");
            }
            assertThat(http.post("/v1/runs/" + run + "/cancel?" + token, "").code())
                    .isEqualTo("key_required");
            assertThat(http.post("/v1/runs/" + run + "/links?" + token, "").code())
                    .isEqualTo("key_required");
            assertThat(http.get("/v1/runs?" + token).code()).isEqualTo("key_required");
            String value = token.substring("watch=".length());
            assertThat(http.send("GET", "/v1/runs", "", Map.of("Authorization", "Bearer " + value))
                            .code())
                    .isEqualTo("key_unknown");
        }
    }

    @Test
    void whatIsNotSignedIsNoLink() throws Exception {
        String chief = keys.create("chief", Scope.ADMIN).key();
        String run = started("patient", chief);
        String link =
                URI.create(links(run, "", chief).json().path("url").asString()).getQuery();

        String last = link.endsWith("0") ? "1" : "0";
        String[] parts = link.split("_", -1);
        for (String forged : List.of(
                link.substring(0, link.length() - 1) + last,
                link.substring(0, link.length() - 1),
                parts[0] + "_" + parts[1] + "_" + (Long.parseLong(parts[2]) + 1) + "_" + parts[3],
                parts[0] + "_000000000000_" + parts[2] + "_" + parts[3],
                parts[0] + "_open_" + parts[2] + "_" + parts[3],
                "watch=" + chief,
                "watch=nonsense",
                "watch=")) {
            Http.Response refused = first.get("/v1/runs/" + run + "/stream?" + forged);
            assertThat(refused.status()).as(forged).isEqualTo(401);
            assertThat(refused.code()).as(forged).isEqualTo("link_invalid");
            assertThat(refused.body()).doesNotContain(parts[3]).doesNotContain(chief);
        }
    }

    @Test
    @ProcessTest
    void afterItsTimeALinkShowsNothingAndAnOpenStreamEnds() throws Exception {
        String chief = keys.create("chief", Scope.ADMIN).key();
        String run = started("patient", chief);
        Http.Response made = links(run, "{\"ttl\":\"5s\"}", chief);
        String link = "/v1/runs/" + run + "/stream?"
                + URI.create(made.json().path("url").asString()).getQuery();
        Instant expires = Instant.parse(made.json().path("expires").asString());

        String cursor;
        try (var stream = new Opened(two.url().resolve(link), "")) {
            List<String> said = stream.until("event: refused");
            assertThat(Duration.between(expires, Instant.now())).isBetween(Duration.ZERO, Duration.ofMillis(2_500));
            assertThat(said).contains("event: chunk");
            assertThat(stream.next()).contains("\"link_expired\"", expires.toString());
            cursor = said.stream()
                    .filter(line -> line.startsWith("id: "))
                    .reduce((a, b) -> b)
                    .orElseThrow()
                    .substring(4);
        }
        Http.Response resumed = first.send("GET", link, "", Map.of("Last-Event-ID", cursor));
        assertThat(resumed.status()).isEqualTo(401);
        assertThat(resumed.code()).isEqualTo("link_expired");
    }

    @Test
    void aLinkEndsWithTheKeyThatMadeIt() throws Exception {
        String chief = keys.create("chief", Scope.ADMIN).key();
        var reader = keys.create("reader", Scope.READ);
        String run = started("patient", chief);
        String link = "/v1/runs/" + run + "/stream?"
                + URI.create(links(run, "", reader.key()).json().path("url").asString())
                        .getQuery();

        try (var stream = new Opened(two.url().resolve(link), "")) {
            keys.revoke(reader.what().id());
            long began = System.nanoTime();
            stream.until("event: refused");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
            assertThat(stream.next()).contains("\"link_revoked\"");
        }
        assertThat(second.get(link).code()).isEqualTo("link_revoked");
    }

    @Test
    void aLinkIsGoodOnANodeThatHasNotReadItsKeyYet() throws Exception {
        String chief = keys.create("chief", Scope.ADMIN).key();
        String run = started("quick", chief);
        // It has read the keys that there are, which is good for a second.
        assertThat(second.send("GET", "/v1/runs/" + run, "", Map.of("Authorization", "Bearer " + chief))
                        .status())
                .isEqualTo(200);
        String reader = keys.create("reader", Scope.READ).key();
        String link = "/v1/runs/" + run + "/stream?"
                + URI.create(links(run, "", reader).json().path("url").asString())
                        .getQuery();
        assertThat(second.get(link).status()).isEqualTo(200);
    }

    /** The first key may be made while a request is on its way that needed none. */
    @Test
    void whoWasLetInWithoutAKeyMakesNoLinkWhenThereIsOne() {
        keys.create("first", Scope.ADMIN);
        var book = new Recent<>(() -> KeyBook.at(database.url().toString()));
        var api = new LinksApi(FakeRuns::new, book, Endpoint.of(ServerOptions.onPort(0)));
        assertThatThrownBy(() -> api.make(new Late(new RunId(1, 1))))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("key_required"));
    }

    private record Late(RunId asked) implements Call {
        @Override
        public Pass pass() {
            return new Pass.Open();
        }

        @Override
        public RunId run() {
            return asked;
        }

        @Override
        public String path() {
            return "/";
        }

        @Override
        public Map<String, String> variables() {
            return Map.of();
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<String> query(String name) {
            return Optional.empty();
        }

        @Override
        public Set<String> queryNames() {
            return Set.of();
        }

        @Override
        public String json() {
            return "";
        }
    }

    @Test
    @ProcessTest
    void aLinkEndsWithTheRun() throws Exception {
        String chief = keys.create("chief", Scope.ADMIN).key();
        String run = started("quick", chief);
        String link = "/v1/runs/" + run + "/stream?"
                + URI.create(links(run, "", chief).json().path("url").asString())
                        .getQuery();
        try (var stream = new Opened(one.url().resolve(link), "")) {
            stream.until("event: done");
        }
        assertThat(ask("DELETE", "/v1/runs/" + run, "", chief).status()).isEqualTo(204);

        assertThat(first.get(link).code()).isEqualTo("run_unknown");
        assertThat(links(run, "", chief).code()).isEqualTo("run_unknown");
    }

    @Test
    void whereThereIsNoKeyALinkIsGoodUntilThereIsOne() throws Exception {
        String run = started("patient", "");
        String url = links(run, "", "").json().path("url").asString();
        String link = "/v1/runs/" + run + "/stream?" + URI.create(url).getQuery();

        try (var stream = new Opened(two.url().resolve(link), "")) {
            keys.create("first", Scope.ADMIN);
            stream.until("event: refused");
            assertThat(stream.next()).contains("\"key_required\"");
        }
        assertThat(second.get(link).code()).isEqualTo("link_invalid");
    }

    @Test
    void aLinkIsGoodForSomeTimeAndNotForEver() throws Exception {
        String run = started("patient", "");
        for (String wrong : List.of("0s", "31d", "-PT1H", "soon")) {
            assertThat(links(run, "{\"ttl\":\"" + wrong + "\"}", "").code())
                    .as(wrong)
                    .isEqualTo("field_invalid");
        }
        assertThat(links(run, "{\"until\":\"1h\"}", "").code()).isEqualTo("field_unknown");
        assertThat(links(run, "{\"ttl\":\"30d\"}", "").status()).isEqualTo(201);
        Instant expires =
                Instant.parse(links(run, "", "").json().path("expires").asString());
        assertThat(expires)
                .isBetween(Instant.now().plusSeconds(3_590), Instant.now().plusSeconds(3_601));
    }

    /** Browsers send what they have for a site with whatever asks that site. */
    @Test
    void aCookieIsNoKeyForAPageOfAnotherOrigin() throws Exception {
        String chief = keys.create("chief", Scope.ADMIN).key();
        String run = started("quick", chief);
        String stream = "/v1/runs/" + run + "/stream";
        String cookie = "holdfast_key=" + chief;

        assertThat(second.send("GET", stream, "", Map.of("Cookie", cookie)).status())
                .isEqualTo(200);
        assertThat(second.send("GET", stream, "", Map.of("Cookie", cookie, "Origin", "https://app.example.com"))
                        .code())
                .isEqualTo("key_required");
        assertThat(second.send(
                                "GET",
                                stream,
                                "",
                                Map.of("Authorization", "Bearer " + chief, "Origin", "https://app.example.com"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aLinkHasTheAddressThatWhoAskedHas() throws Exception {
        String run = started("patient", "");
        assertThat(second.send("POST", "/v1/runs/" + run + "/links", "", Map.of())
                        .json()
                        .path("url")
                        .asString())
                .startsWith(two.url() + "/v1/runs/" + run + "/stream?watch=wl_");
    }

    private String started(String task, String key) throws Exception {
        return ask("POST", "/v1/tasks/" + task + "/runs", "{\"input\": \"x\"}", key)
                .json()
                .path("id")
                .asString();
    }

    private Http.Response links(String run, String body, String key) throws Exception {
        return ask("POST", "/v1/runs/" + run + "/links", body, key);
    }

    private Http.Response ask(String method, String path, String body, String key) throws Exception {
        return first.send(
                method,
                path,
                body,
                key.isEmpty()
                        ? Map.of("Content-Type", "application/json")
                        : Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json"));
    }

    /** A stream that is open. */
    private final class Opened implements AutoCloseable {
        private final Stream<String> body;
        private final Iterator<String> lines;

        Opened(URI url, String cursor) throws Exception {
            var request = HttpRequest.newBuilder(url);
            if (!cursor.isEmpty()) request.header("Last-Event-ID", cursor);
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            assertThat(answer.statusCode()).isEqualTo(200);
            body = answer.body();
            lines = body.iterator();
        }

        /** What it says until then. */
        List<String> until(String wanted) {
            var said = new ArrayList<String>();
            while (said.isEmpty() || !said.getLast().equals(wanted)) said.add(lines.next());
            return said;
        }

        String next() {
            return lines.next();
        }

        @Override
        public void close() {
            body.close();
        }
    }
}
