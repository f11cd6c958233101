package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ApiKey.Scope;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** API keys, on two nodes of one cluster. */
@Timeout(120)
class KeysTest {
    private static final Task<String, String> ECHO = Task.named("echo", String.class, String.class);
    private static final Task<String, String> PATIENT = Task.named("patient", String.class, String.class);
    private static final Task<String, String> TALK =
            Task.named("talk", String.class, String.class).serialLane(input -> null);
    private static final String RUNS = "/v1/tasks/echo/runs";
    private static final String START = "{\"input\": \"x\"}";

    private final TestDatabase database = TestDatabase.fresh();
    private final ApiKeys keys = ApiKeys.at(database.url().toString());
    private final Server one = Server.open(ServerOptions.onPort(0));
    private final Server two = Server.open(ServerOptions.onPort(0));
    private final Http first = new Http(one.url());
    private final Http second = new Http(two.url());
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
        var cluster = ClusterOptions.at(database.url().toString()).label(label);
        return Holdfast.cluster(
                cluster,
                NodeOptions.defaults(),
                List.of(
                        ECHO.handle((ctx, input) -> input),
                        PATIENT.handle(KeysTest::wait),
                        TALK.handle((ctx, input) -> input)));
    }

    private static String wait(Context ctx, String input) {
        ctx.sleep(Duration.ofHours(1));
        return input;
    }

    @AfterEach
    void leave() {
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
    void withoutAnyKeyEverythingIsOpenOnThisMachine() throws Exception {
        assertThat(first.post(RUNS, START).status()).isEqualTo(201);
        assertThat(ask(first, "GET", "/v1/runs", "hf_whatever").status()).isEqualTo(200);
    }

    @Test
    void scopesSayWhatAKeyIsFor() throws Exception {
        String read = keys.create("reader", Scope.READ).key();
        String write = keys.create("writer", Scope.WRITE).key();
        String admin = keys.create("chief", Scope.ADMIN).key();
        assertThat(ask(first, "GET", "/v1/runs", read).status()).isEqualTo(200);

        Http.Response bare = first.get("/v1/runs");
        assertThat(bare.status()).isEqualTo(401);
        assertThat(bare.code()).isEqualTo("key_required");
        assertThat(bare.header("WWW-Authenticate")).startsWith("Bearer");
        Http.Response refused = ask(first, "POST", RUNS, read);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("scope_missing");
        assertThat(refused.body()).contains("reader", "write").doesNotContain(read);

        Http.Response started = ask(first, "POST", RUNS, write);
        assertThat(started.status()).isEqualTo(201);
        String run = "/v1/runs/" + started.json().path("id").asString();
        assertThat(ask(second, "DELETE", run, write).code()).isEqualTo("scope_missing");
        assertThat(ask(second, "PATCH", "/v1/queues/default", write).code()).isEqualTo("scope_missing");
        assertThat(ask(second, "PATCH", "/v1/queues/default", admin).code()).isNotEqualTo("scope_missing");
        assertThat(ask(second, "DELETE", run, admin).code()).isNotEqualTo("scope_missing");
        // Browsers cannot add a header to what they open.
        assertThat(first.send("GET", "/v1/runs", "", Map.of("Cookie", "a=b; holdfast_key=" + read))
                        .status())
                .isEqualTo(200);
    }

    /** A turn is given what its input says, and nothing of who has posted it: not even the database knows that. */
    @Test
    void whatAPosterPresentsIsStoredNowhere() throws Exception {
        String key = keys.create("writer", Scope.WRITE).key();
        String secret = key.substring(key.lastIndexOf('_') + 1);
        assertThat(secret.length()).isGreaterThan(20);
        for (String header : List.of("Authorization", "Cookie")) {
            String value = header.equals("Cookie") ? "holdfast_key=" + key : "Bearer " + key;
            var headers = Map.of(header, value, "Content-Type", "application/json", "X-Marked", "mark-of-the-poster");
            var said = first.send("POST", "/v1/threads/t/messages", "{\"task\": \"talk\", \"input\": \"x\"}", headers);
            assertThat(said.status()).isEqualTo(202);
            String run = "/v1/runs/" + said.json().path("id").asString();
            await("it has ended")
                    .until(() -> ask(second, "GET", run, key)
                            .json()
                            .path("outcome")
                            .asString("")
                            .equals("SUCCEEDED"));
        }
        assertThat(everything())
                .contains("\"x\"")
                .doesNotContain(secret)
                .doesNotContain("mark-of-the-poster")
                .doesNotContain("Bearer");
    }

    /** All rows of all tables, as text. */
    private String everything() throws Exception {
        var all = new StringBuilder();
        try (var session = DriverManager.getConnection(database.jdbcUrl());
                var statement = session.createStatement()) {
            var tables = new ArrayList<String>();
            try (var rows = statement.executeQuery(
                    "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'holdfast'")) {
                while (rows.next()) tables.add(rows.getString(1));
            }
            assertThat(tables).contains("runs", "run_payloads", "requests");
            for (String table : tables) {
                try (var rows = statement.executeQuery("SELECT t::text FROM holdfast." + table + " t")) {
                    while (rows.next())
                        all.append(table).append(": ").append(rows.getString(1)).append('\n');
                }
            }
        }
        return all.toString().replace("\"\"", "\"");
    }

    @Test
    void healthAndPagesNeedNone() throws Exception {
        keys.create("any", Scope.READ);
        String key = keys.create("other", Scope.READ).key();
        ask(first, "GET", "/v1/runs", key);
        for (String path : List.of("/livez", "/readyz", "/openapi.json", "/", "/page/page.js")) {
            assertThat(first.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(first.get("/metrics").status()).isEqualTo(401);
        assertThat(first.get("/v1/nodes").status()).isEqualTo(401);
    }

    @Test
    @ProcessTest
    void aNewKeyCountsOnAllNodesAtOnceAndARevokedOneOnNoneASecondLater() throws Exception {
        String old = keys.create("old", Scope.READ).key();
        assertThat(ask(first, "GET", "/v1/runs", old).status()).isEqualTo(200);
        assertThat(ask(second, "GET", "/v1/runs", old).status()).isEqualTo(200);

        var made = keys.create("new", Scope.READ);
        assertThat(ask(first, "GET", "/v1/runs", made.key()).status()).isEqualTo(200);
        assertThat(ask(second, "GET", "/v1/runs", made.key()).status()).isEqualTo(200);

        keys.revoke(made.what().id());
        long revoked = System.nanoTime();
        for (Http http : List.of(first, second)) {
            long asked = System.nanoTime();
            Http.Response answer = ask(http, "GET", "/v1/runs", made.key());
            while (answer.status() == 200) {
                assertThat(Duration.ofNanos(asked - revoked)).isLessThan(Duration.ofMillis(1_500));
                asked = System.nanoTime();
                answer = ask(http, "GET", "/v1/runs", made.key());
            }
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("key_revoked");
        }
        assertThat(ask(first, "GET", "/v1/runs", old).status()).isEqualTo(200);
    }

    @Test
    @ProcessTest
    @Timeout(30)
    void aStreamEndsWhoseKeyIsRevoked() throws Exception {
        var chief = keys.create("chief", Scope.ADMIN);
        var watcher = keys.create("watcher", Scope.READ);
        String run = ask(first, "POST", "/v1/tasks/patient/runs", chief.key())
                .json()
                .path("id")
                .asString();
        try (var stream = new Opened(run, Map.of("Authorization", "Bearer " + watcher.key()))) {
            keys.revoke(watcher.what().id());
            assertThat(stream.endsRefused()).contains("\"key_revoked\"", "watcher");
        }
        assertThat(ask(first, "POST", "/v1/runs/" + run + "/cancel", chief.key())
                        .status())
                .isEqualTo(202);
    }

    @Test
    @Timeout(30)
    void aStreamWithoutAKeyEndsWhenTheFirstKeyIsMade() throws Exception {
        String run =
                first.post("/v1/tasks/patient/runs", START).json().path("id").asString();
        try (var stream = new Opened(run, Map.of())) {
            keys.create("first", Scope.READ);
            assertThat(stream.endsRefused()).contains("\"key_required\"", "holdfast keys create");
        }
    }

    /** A stream of the first node. */
    private final class Opened implements AutoCloseable {
        private final HttpClient client = HttpClient.newHttpClient();
        private final Iterator<String> lines;

        Opened(String run, Map<String, String> headers) throws Exception {
            var request = HttpRequest.newBuilder(one.url().resolve("/v1/runs/" + run + "/stream"));
            headers.forEach(request::header);
            lines = client.send(request.build(), HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .iterator();
            assertThat(lines.next()).startsWith("retry:");
        }

        /** What it says in the end, soon. */
        String endsRefused() {
            long began = System.nanoTime();
            var said = new ArrayList<String>();
            lines.forEachRemaining(said::add);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
            assertThat(said).contains("event: refused");
            String data = said.get(said.indexOf("event: refused") + 1);
            assertThat(data).startsWith("data: ");
            return data;
        }

        @Override
        public void close() {
            client.close();
        }
    }

    @Test
    void theSecretCountsAndNotTheId() throws Exception {
        String key = keys.create("any", Scope.READ).key();
        String other = keys.create("other", Scope.READ).key();
        String mixed = key.substring(0, key.lastIndexOf('_')) + other.substring(other.lastIndexOf('_'));

        assertThat(ask(first, "GET", "/v1/runs", mixed).code()).isEqualTo("key_unknown");
        assertThat(ask(first, "GET", "/v1/runs", key.substring(0, key.length() - 1))
                        .code())
                .isEqualTo("key_unknown");
        assertThat(ask(first, "GET", "/v1/runs", key).status()).isEqualTo(200);
    }

    @Test
    @ProcessTest
    void madeUpKeysCostAFewLooksAndWhatIsNoKeyCostsNone() throws Exception {
        keys.create("any", Scope.READ);
        var looks = new AtomicInteger();
        one.serve(new CountingNode(Node.of(nodeOne), looks));
        long began = System.nanoTime();
        assertThat(together(200, i -> "hf_%012x_%064x".formatted(i, i)))
                .allMatch(answer -> answer.code().equals("key_unknown"));
        long tenths = (System.nanoTime() - began) / 100_000_000;
        assertThat((long) looks.get()).isBetween(1L, tenths + 2);

        looks.set(0);
        began = System.nanoTime();
        assertThat(together(200, i -> "hf_nonsense_" + i))
                .allMatch(answer -> answer.code().equals("key_unknown"));
        long seconds = (System.nanoTime() - began) / 1_000_000_000;
        assertThat((long) looks.get()).isLessThanOrEqualTo(seconds + 1);
    }

    @Test
    @ProcessTest
    void howeverManyAskForTheNodesOneLookIsOnItsWay() throws Exception {
        try (var session = DriverManager.getConnection(database.jdbcUrl());
                var statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("LOCK TABLE holdfast.takeovers IN ACCESS EXCLUSIVE MODE");

            assertThat(together("/v1/nodes", 100, i -> "none"))
                    .allMatch(answer -> answer.status() == 503)
                    .allMatch(answer -> answer.code().equals("database_silent"));

            try (var row = statement.executeQuery(
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT%FROM takeovers%' AND pid <>"
                            + " pg_backend_pid()")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(1);
            }
            session.rollback();
        }
        await("it is answered")
                .atMost(Duration.ofSeconds(20))
                .until(() -> first.get("/v1/nodes").status() == 200);
    }

    private List<Http.Response> together(int many, IntFunction<String> key) throws Exception {
        return together("/v1/runs", many, key);
    }

    private List<Http.Response> together(String path, int many, IntFunction<String> key) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<Http.Response>>();
            for (int i = 0; i < many; i++) {
                String mine = key.apply(i);
                asked.add(threads.submit(() -> ask(first, "GET", path, mine)));
            }
            var answered = new ArrayList<Http.Response>();
            for (var each : asked) answered.add(each.get());
            return answered;
        }
    }

    @Test
    void theLastRevocationOpensNothing() throws Exception {
        var made = keys.create("only", Scope.ADMIN);
        keys.revoke(made.what().id());
        keys.revoke(made.what().id());
        assertThat(keys.list()).singleElement().matches(key -> !key.holds());

        Http.Response answer = ask(first, "GET", "/v1/runs", made.key());

        assertThat(answer.code()).isEqualTo("key_revoked");
        assertThat(first.get("/v1/runs").code()).isEqualTo("key_required");
        assertThatThrownBy(() -> keys.revoke("0123456789ab"))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("key_unknown"));
    }

    @Test
    void beyondThisMachineItNeedsAKeyThatHolds() throws Exception {
        var options = ServerOptions.onPort(0).host("0.0.0.0");
        var made = keys.create("revoked", Scope.ADMIN);
        keys.revoke(made.what().id());
        assertThatThrownBy(() -> Server.open(options, keys::book))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("keys_required"));
        String key = keys.create("good", Scope.READ).key();
        try (var outside = Server.open(options, keys::book);
                var http = new Http(outside.url())) {
            outside.serve(nodeOne);
            assertThat(http.get("/v1/runs").code()).isEqualTo("key_required");
            assertThat(ask(http, "GET", "/v1/runs", key).status()).isEqualTo(200);
        }
    }

    private static Http.Response ask(Http http, String method, String path, String key) throws Exception {
        var headers = Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
        return http.send(method, path, method.equals("POST") ? START : "", headers);
    }
}
