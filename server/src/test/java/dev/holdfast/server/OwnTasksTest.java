package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RunId;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.ApiKey.Scope;
import dev.holdfast.node.ApiKeys;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import dev.holdfast.testkit.ProcessTest;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that hosts tasks of its own behind HTTP, API keys and TLS, as docs/operations.md shows it. */
@Timeout(120)
@ProcessTest
class OwnTasksTest {
    private static final Task<String, String> CHECKOUT = Task.named("checkout", String.class, String.class);

    @TempDir
    Path folder;

    /** What is closed when the process ends. */
    private record Shop(Server server, Holdfast holdfast) {
        static Shop open(String database, ServerOptions options, Handler<?, ?> handler) {
            Server server = Server.open(options, () -> KeyBook.at(database));
            var cluster = ClusterOptions.at(database).address(server.outside().toString());
            var engine = EngineOptions.defaults().meter(server.meter());
            var holdfast = Holdfast.cluster(cluster, NodeOptions.defaults().engine(engine), List.of(handler));
            server.serve(holdfast);
            return new Shop(server, holdfast);
        }

        void stop() {
            server.retire();
            holdfast.close();
            server.close();
        }
    }

    @Test
    void itIsANodeWithAnApiOfItsOwn() throws Exception {
        Identity identity = Identity.make(folder, "shop", "EC", "-1d");
        try (var database = TestDatabase.fresh()) {
            String url = database.url().toString();
            String key;
            try (var keys = ApiKeys.at(url)) {
                key = keys.create("clients", Scope.WRITE).key();
            }
            var options = ServerOptions.onPort(0).host("0.0.0.0").tls(identity.files());
            Shop shop = Shop.open(url, options, CHECKOUT.handle((ctx, order) -> order + " is shipped"));
            try (var http = new Http(shop.server().url(), trusting(identity.certificate()))) {
                assertThat(http.get("/v1/tasks").code()).isEqualTo("key_required");
                var headers = Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
                String run = http.send("POST", "/v1/tasks/checkout/runs", "{\"input\":\"order 7\"}", headers)
                        .json()
                        .path("id")
                        .asString();
                String metrics = http.send("GET", "/metrics", "", headers).body();

                assertThat(shop.holdfast()
                                .run(RunId.parse(run).orElseThrow(), CHECKOUT)
                                .join())
                        .isEqualTo("order 7 is shipped");
                assertThat(shop.holdfast()
                                .start(CHECKOUT, "order 8", Start.now())
                                .join())
                        .isEqualTo("order 8 is shipped");
                assertThat(metrics).contains("holdfast_runs_started_total 1");
            } finally {
                shop.stop();
            }
        }
    }

    private static HttpClient trusting(Certificate certificate) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("shop", certificate);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }
}
