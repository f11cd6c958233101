package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Client;
import dev.holdfast.drills.History;
import dev.holdfast.drills.RunAccount;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.drills.Tree;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code holdfast backup} while a server works, and {@code holdfast restore} after it has died. */
@ProcessTest
class BackupTest {
    private static final int CLIENTS = 8;

    @RegisterExtension
    final Stage stage = new Stage(Store.SQLITE);

    private Path backup() {
        return stage.folder().resolve("backup.db");
    }

    private Path restored() {
        return stage.folder().resolve("restored");
    }

    @Test
    void what_was_acknowledged_before_a_backup_goes_on_in_what_was_restored(TestReporter reporter) throws Exception {
        ServerProcess server = stage.serve();
        Path tree = Inputs.tree(stage.folder().resolve("tree"), 150);
        String counting = stage.api().start("wordcount", Inputs.wordcount(tree, 100));
        var acknowledged = new ConcurrentLinkedQueue<String>();
        var over = new AtomicBoolean();
        List<String> before;
        RunAccount counted;
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < CLIENTS; i++) all.add(clients.submit(() -> start(acknowledged, over)));
            stage.api().awaitRun(counting, "has steps", r -> r.path("steps").size() > 3);
            await("200 starts are acknowledged").atMost(Stage.PATIENCE).until(() -> acknowledged.size() > 200);

            before = List.copyOf(acknowledged);
            counted = stage.api().account(counting);
            var written = stage.cli()
                    .run("backup", backup().toString(), "--data", stage.data().toString(), "--json")
                    .ok()
                    .json();
            assertThat(written.path("runs").asInt()).isGreaterThan(before.size());
            int then = acknowledged.size();
            await("the server goes on").atMost(Stage.PATIENCE).until(() -> acknowledged.size() > then + 20);

            stage.cli()
                    .run("restore", backup().toString(), "--data", restored().toString())
                    .code(3)
                    .tells("original_running", Long.toString(server.pid()));
            server.kill();
            over.set(true);
            var said = stage.cli()
                    .run("restore", backup().toString(), "--data", restored().toString())
                    .ok();
            assertThat(said.out()).contains("restored to", "go on when a server is started");
            stage.start(restored(), stage.port()).awaitReady(Stage.PATIENCE);
            for (Future<?> client : all) client.get();
        }

        stage.api().awaitEnd(counting);
        var history = new History();
        history.acknowledged(counting, "wordcount", null);
        history.expected(counting, Tree.counted(tree, ".md"));
        RunAccount whole = stage.api().account(counting);
        history.run(whole);
        assertThat(whole.steps()).as("steps of before the backup, as they were").containsAll(counted.steps());
        assertThat(whole.epochsOfSteps()).isEqualTo(2);
        for (String run : before) {
            assertThat(stage.api().awaitEnd(run).path("outcome").asString()).isEqualTo("SUCCEEDED");
            history.acknowledged(run, "noop", null);
            history.run(stage.api().account(run));
        }
        assertThat(history.violations()).isEmpty();
        var doctor = stage.cli().run("doctor", "--data", restored().toString()).ok();
        assertThat(doctor.out()).contains("is sound", "synchronous=2");
        reporter.publishEntry("acknowledged before", Integer.toString(before.size()));
    }

    private Void start(Queue<String> acknowledged, AtomicBoolean over) throws InterruptedException {
        Client client = stage.api().patient();
        while (!over.get()) {
            var order = new Client.Order("noop", "{}", null, UUID.randomUUID().toString());
            acknowledged.add(client.start(order).run());
        }
        return null;
    }
}
