package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Client;
import dev.holdfast.drills.Inventory;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A burst is one run with the input that was acknowledged last, whatever becomes of the process in between. */
@ProcessTest
class BurstTest {
    private static final int STARTS = 400;
    private static final int CLIENTS = 50;
    private static final int KILLS = 3;
    /** Longer than a process needs to come back. */
    private static final Duration QUIET = Duration.ofSeconds(12);

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void four_hundred_starts_of_fifty_clients_and_three_kills_are_one_run() throws Exception {
        ServerProcess server = stage.serve();
        Client client = stage.api().patient();
        var next = new AtomicInteger();
        var answered = new AtomicInteger();
        var all = new ArrayList<Future<List<String>>>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) all.add(clients.submit(() -> start(client, next, answered)));
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
        Set<String> ids = new HashSet<>();
        for (var list : all) ids.addAll(list.get());
        String last = client.start("noop", body("\"the last\""), "last").run();
        server.kill();
        stage.serve();

        assertThat(ids).containsExactly(last);
        var ended = stage.api().awaitEnd(last);
        assertThat(ended.path("outcome").asString()).isEqualTo("SUCCEEDED");
        assertThat(ended.path("input").asString()).isEqualTo("the last");
        assertThat(Inventory.of(client))
                .singleElement()
                .satisfies(run -> assertThat(
                                run.snapshots().stream().filter(s -> s.cause().startsWith("claim")))
                        .hasSize(1));
        String another = client.start("noop", body("\"another\""), "another").run();
        assertThat(another).isNotEqualTo(last);
    }

    private static List<String> start(Client client, AtomicInteger next, AtomicInteger answered)
            throws InterruptedException {
        var runs = new ArrayList<String>();
        for (int i = next.getAndIncrement(); i < STARTS; i = next.getAndIncrement()) {
            runs.add(client.start("noop", body("" + i), "request-" + i).run());
            answered.incrementAndGet();
        }
        return runs;
    }

    private static String body(String input) {
        return "{\"input\":" + input + ",\"debounce\":{\"key\":\"burst\",\"quiet\":\"" + QUIET.toSeconds() + "s\"}}";
    }
}
