package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Api;
import dev.holdfast.drills.History;
import dev.holdfast.drills.RunAccount;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.drills.Tree;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/** A server under load whose disk is full for a while: it refuses, keeps what it has, and goes on by itself. */
@ProcessTest
class DiskFullTest {
    private static final int CLIENTS = 8;
    private static final int MEGABYTES = 48;
    /** So often a start is refused before those who ask wait for room. */
    private static final int REFUSALS = 20;

    private static final String LETTERS = "{\"input\":\"" + "x".repeat(20_000) + "\"}";

    @RegisterExtension
    final Stage stage = new Stage(Store.SQLITE);

    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<Api.Answer> refused = new ConcurrentLinkedQueue<>();
    private final CountDownLatch room = new CountDownLatch(1);
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void it_refuses_keeps_what_it_has_and_goes_on_when_there_is_room(TestReporter reporter) throws Exception {
        try (var mount = Mount.of(stage.data(), MEGABYTES);
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                fillAndMakeRoom(mount, clients);
                reporter.publishEntry("acknowledged, refused", acknowledged.size() + ", " + refused.size());
            } finally {
                over.set(true);
                room.countDown();
            }
        }
    }

    private void fillAndMakeRoom(Mount mount, ExecutorService clients) throws Exception {
        ServerProcess server = stage.serve();
        Path tree = Inputs.tree(stage.folder().resolve("tree"), 400);
        String counting = stage.api().start("wordcount", Inputs.wordcount(tree, 50));
        stage.api().awaitRun(counting, "has steps", r -> r.path("steps").size() > 3);
        var all = new ArrayList<Future<?>>();
        for (int i = 0; i < CLIENTS; i++) all.add(clients.submit(this::start));
        await("50 starts are acknowledged").atMost(Stage.PATIENCE).until(() -> acknowledged.size() > 50);

        mount.fill();
        await("starts are refused").atMost(Stage.PATIENCE).until(() -> refused.size() > REFUSALS);
        refused.forEach(answer -> CheckedApi.problem(answer, 503, "disk_full"));
        RunAccount meanwhile = stage.api().account(counting);
        assertThat(meanwhile.isFinished()).as("it waits for the disk").isFalse();
        assertThat(stage.api().show(acknowledged.element()).path("id").asString())
                .isEqualTo(acknowledged.element());
        assertThat(stage.api().get("/livez").status()).isEqualTo(200);
        int before = acknowledged.size();

        mount.makeRoom();
        room.countDown();
        await("starts are acknowledged again").atMost(Stage.PATIENCE).until(() -> acknowledged.size() > before + 20);
        over.set(true);
        for (Future<?> client : all) client.get();
        stage.api().awaitEnd(counting);
        assertThat(server.isAlive()).isTrue();
        assertNothingIsLost(counting, Tree.counted(tree, ".md"), meanwhile);
    }

    /** @param meanwhile what the run was while the disk was full */
    private void assertNothingIsLost(String counting, String counted, RunAccount meanwhile) throws Exception {
        var history = new History();
        history.acknowledged(counting, "wordcount", null);
        history.expected(counting, counted);
        RunAccount whole = stage.api().account(counting);
        history.run(whole);
        assertThat(whole.steps()).hasSize(401).containsAll(meanwhile.steps());
        assertThat(whole.epochsOfSteps()).as("nobody took it away meanwhile").isEqualTo(1);
        for (String run : acknowledged) {
            assertThat(stage.api().awaitEnd(run).path("outcome").asString()).isEqualTo("SUCCEEDED");
            history.acknowledged(run, "noop", null);
            history.run(stage.api().account(run));
        }
        assertThat(history.violations()).isEmpty();
    }

    private Void start() throws IOException, InterruptedException {
        while (!over.get()) {
            Api.Answer answer = stage.api().bare().post("/v1/tasks/noop/runs", LETTERS, Map.of());
            if (answer.isSuccess()) {
                acknowledged.add(
                        new JsonMapper().readTree(answer.body()).path("id").asString());
            } else {
                refused.add(answer);
                if (refused.size() > REFUSALS && !room.await(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("no room was made within " + Stage.PATIENCE);
                }
            }
        }
        return null;
    }
}
