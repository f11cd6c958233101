package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Api;
import dev.holdfast.drills.Client;
import dev.holdfast.drills.ServerProcess;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Three nodes on one database and a NATS of three servers; whoever asks them has a key. */
final class Trio implements AutoCloseable {
    static final int NODES = 3;

    private final Stage stage;
    private final TestDatabase database = TestDatabase.fresh();
    private final LocalNats nats = LocalNats.cluster(3);
    private final List<Integer> ports = Ports.free(NODES);
    private final List<ServerProcess> nodes = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final String key;

    Trio(Stage stage) throws Exception {
        this.stage = stage;
        this.key = makeKey("trio");
        for (int i = 0; i < NODES; i++) nodes.add(begin(i));
        for (ServerProcess node : nodes) node.awaitReady(Stage.PATIENCE);
    }

    private ServerProcess begin(int i) {
        return stage.node(database.url().toString(), nats.url(), "node-" + i, ports.get(i));
    }

    LocalNats nats() {
        return nats;
    }

    ServerProcess node(int i) {
        return nodes.get(i);
    }

    /** The number of the node that is this process. */
    int of(long pid) {
        for (int i = 0; i < NODES; i++) if (nodes.get(i).pid() == pid) return i;
        throw new AssertionError("no node is process " + pid);
    }

    /**
     * As whatever supervises a server does: one that was frozen and has halted itself, as its code has not left in time on a machine
     * that is busy, is started again.
     */
    void awaitBack(int i) throws InterruptedException {
        await("node " + i + " is back")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> !nodes.get(i).isAlive() || readiness(i).status() == 200);
        if (nodes.get(i).isAlive()) return;
        assertThat(nodes.get(i).awaitExit(Stage.PATIENCE))
                .as("what node %d has ended with", i)
                .isEqualTo(ServerProcess.HALTED);
        System.out.println("node " + i + " has halted itself, and is started again");
        succeed(i);
    }

    /** In the place of one that has ended. */
    void succeed(int i) throws InterruptedException {
        nodes.set(i, begin(i));
        nodes.get(i).awaitReady(Stage.PATIENCE);
    }

    private URI url(int i) {
        return URI.create("http://127.0.0.1:" + ports.get(i));
    }

    Api api(int i) {
        return new Api(url(i), key);
    }

    Api api(int i, String withKey) {
        return new Api(url(i), withKey);
    }

    Api keyless(int i) {
        return new Api(url(i));
    }

    /** The next node each time. */
    Api any() {
        return api(Math.floorMod(turn.getAndIncrement(), NODES));
    }

    /** As clients do: this node first, and then the next one. */
    Client client(int first) {
        var at = new AtomicInteger(first);
        return new Client(() -> api(Math.floorMod(at.getAndIncrement(), NODES)), Stage.PATIENCE);
    }

    /** As it is shown. */
    JsonNode run(String id) throws InterruptedException {
        return JsonMapper.shared().readTree(client(0).get("/v1/runs/" + id).body());
    }

    String makeKey(String name) throws Exception {
        return keys("create", name, "--scope", "admin").strip();
    }

    void revoke(String revoked) throws Exception {
        keys("revoke", revoked.split("_", -1)[1]);
    }

    private String keys(String... words) throws Exception {
        var all = new ArrayList<>(List.of("keys"));
        all.addAll(List.of(words));
        all.addAll(List.of("--postgres", database.url().toString()));
        return stage.cli().run(all.toArray(String[]::new)).ok().out();
    }

    /** What this node answers to who asks whether it is ready. */
    Api.Answer readiness(int i) throws IOException {
        return keyless(i).get("/readyz");
    }

    void awaitReady() {
        for (int i = 0; i < NODES; i++) {
            int at = i;
            await("node " + i + " is ready")
                    .atMost(Stage.PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .failFast("node " + i + " has ended", () -> !nodes.get(at).isAlive())
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(readiness(at).status()).isEqualTo(200));
        }
    }

    @Override
    public void close() {
        nodes.forEach(ServerProcess::close);
        nats.close();
        database.close();
    }
}
