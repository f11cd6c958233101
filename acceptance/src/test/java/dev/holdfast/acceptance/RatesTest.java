package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Client;
import dev.holdfast.drills.Inventory;
import dev.holdfast.drills.RunAccount;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/** What a queue's rate protects is never asked more often than that, whatever becomes of the process in between. */
@ProcessTest
class RatesTest {
    private static final int RUNS = 200;
    private static final int CLIENTS = 50;
    private static final int RATE = 25;
    private static final Duration PER = Duration.ofSeconds(1);

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void in_no_second_more_runs_are_claimed_than_the_rate_through_fifty_clients_and_four_kills() throws Exception {
        ServerProcess server = stage.serve();
        String rate = RATE + "/" + PER.toMillis() + "ms";
        stage.cli().run("limit", "default", "--rate", rate).code(0);
        Client client = stage.api().patient();
        var next = new AtomicInteger();
        var answered = new AtomicInteger();
        var all = new ArrayList<Future<Boolean>>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(() -> {
                    for (int n = next.getAndIncrement(); n < RUNS; n = next.getAndIncrement()) {
                        client.start(new Client.Order("noop", "{\"n\":" + n + "}", null, "request-" + n));
                        answered.incrementAndGet();
                    }
                    return true;
                }));
            }
            await("half of them is answered").atMost(Stage.PATIENCE).until(() -> answered.get() >= RUNS / 2);
            server.kill();
            server = stage.serve();
        }
        for (Future<Boolean> one : all) assertThat(one.get()).isTrue();
        for (int left : List.of(RUNS * 3 / 4, RUNS / 2, RUNS / 4)) {
            await(left + " are left")
                    .atMost(Stage.PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> waiting() <= left);
            server.kill();
            server = stage.serve();
        }
        await("nothing waits").atMost(Stage.PATIENCE).until(() -> waiting() == 0);

        await("all have ended")
                .atMost(Stage.PATIENCE)
                .until(() -> Inventory.of(client).stream().allMatch(RunAccount::isFinished));
        var runs = Inventory.of(client);
        assertThat(runs).hasSize(RUNS).allMatch(run -> "SUCCEEDED".equals(run.outcome()));
        List<Instant> claims = runs.stream()
                .flatMap(run -> run.snapshots().stream())
                .filter(snap -> snap.cause().startsWith("claim"))
                .map(snap -> Instant.parse(snap.at()))
                .sorted()
                .toList();
        assertThat(claims).hasSizeGreaterThanOrEqualTo(RUNS);
        for (int i = RATE; i < claims.size(); i++) {
            assertThat(Duration.between(claims.get(i - RATE), claims.get(i)))
                    .as("%s claims, the last of them number %s at %s", RATE + 1, i, claims.get(i))
                    .isGreaterThanOrEqualTo(PER);
        }
    }

    private int waiting() throws IOException {
        return new JsonMapper()
                .readTree(stage.api().get("/v1/queues/default").body())
                .path("queue")
                .path("waiting")
                .asInt();
    }
}
