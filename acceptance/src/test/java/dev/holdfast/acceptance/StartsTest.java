package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Client;
import dev.holdfast.drills.History;
import dev.holdfast.drills.Inventory;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/** What was acknowledged is there, whatever happened to the process between the request and now. */
@ProcessTest
class StartsTest {
    private static final int STARTS = 2_000;
    private static final int CLIENTS = 50;
    private static final int KILLS = 5;

    @RegisterExtension
    final Stage stage = new Stage();

    private record Acked(String key, Client.Ack ack) {}

    @Test
    void two_thousand_starts_of_fifty_clients_and_five_kills(TestReporter reporter) throws Exception {
        ServerProcess server = stage.serve();
        Client client = stage.api().patient();
        var next = new AtomicInteger();
        var answered = new AtomicInteger();
        var acks = new ArrayList<Future<List<Acked>>>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) acks.add(clients.submit(() -> start(client, next, answered)));
            for (int kill = 1; kill <= KILLS; kill++) {
                int enough = kill * STARTS / (KILLS + 1);
                await(enough + " starts are answered")
                        .atMost(Stage.PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> answered.get() >= enough);
                server.kill();
                server = stage.serve();
            }
        }
        awaitAllEnded();

        var history = new History();
        int retries = 0;
        for (var list : acks) {
            for (Acked acked : list.get()) {
                history.acknowledged(acked.ack().run(), "noop", acked.key());
                retries += acked.ack().retries();
            }
        }
        var runs = Inventory.of(client);
        runs.forEach(history::run);
        assertThat(history.violations()).isEmpty();
        // Two clients ask for each key, so there are half as many runs; none is there that nobody asked for.
        assertThat(runs).hasSize(STARTS / 2);
        assertThat(retries).as("the kills were noticed").isPositive();
        reporter.publishEntry("requests repeated", Integer.toString(retries));
    }

    private static List<Acked> start(Client client, AtomicInteger next, AtomicInteger answered)
            throws InterruptedException {
        var acks = new ArrayList<Acked>();
        for (int i = next.getAndIncrement(); i < STARTS; i = next.getAndIncrement()) {
            String key = "key-" + i % (STARTS / 2);
            acks.add(new Acked(key, client.start(new Client.Order("noop", "{\"n\":" + i + "}", key, "request-" + i))));
            answered.incrementAndGet();
        }
        return acks;
    }

    private void awaitAllEnded() {
        for (String state : List.of("QUEUED", "RUNNING")) {
            await("no run is " + state)
                    .atMost(Stage.PATIENCE)
                    .until(() -> new JsonMapper()
                            .readTree(stage.api()
                                    .get("/v1/runs?limit=1&status=" + state)
                                    .body())
                            .path("runs")
                            .isEmpty());
        }
    }
}
