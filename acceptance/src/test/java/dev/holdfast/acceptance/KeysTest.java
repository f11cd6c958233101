package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.localpg.Ports;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that others can reach: by TLS, with keys that {@code holdfast keys} makes. */
@ProcessTest
class KeysTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();

    @RegisterExtension
    final Stage stage = new Stage();

    private final int port = Ports.free();
    private final Map<String, String> database =
            Map.of("HOLDFAST_POSTGRES", DATABASE.url().toString());

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void a_server_that_others_reach_asks_for_a_key_and_speaks_tls() throws Exception {
        Path certificate = stage.folder().resolve("server.pem");
        Path key = stage.folder().resolve("server.key");
        make(certificate, key);
        String[] server = {
            "server",
            "--examples",
            "--host",
            "0.0.0.0",
            "--port",
            Integer.toString(port),
            "--tls-cert",
            certificate.toString(),
            "--tls-key",
            key.toString()
        };
        var cli = stage.cli().with(database);
        cli.run(server).code(3).tells("keys_required", "holdfast keys create");
        assertThat(DATABASE.server().query(DATABASE.name(), "SELECT FROM pg_namespace WHERE nspname = 'holdfast'"))
                .as("nobody has become a node, nor made its tables, and so nobody has claimed anything")
                .isEmpty();
        String admin = cli.run("keys", "create", "chief", "--scope", "admin")
                .ok()
                .out()
                .strip();
        String read = cli.run("keys", "create", "reader", "--scope", "read", "--json")
                .ok()
                .json()
                .path("key")
                .asString();
        assertThat(cli.run("keys", "list").ok().out())
                .contains("chief", "reader", "valid")
                .doesNotContain(admin, read);

        var running = cli.start(server);
        await("it serves")
                .atMost(Stage.PATIENCE)
                .until(() -> running.soFar().contains("ready https://127.0.0.1:" + port));

        String url = "https://127.0.0.1:" + port;
        var bare = stage.cli().with(Map.of("HOLDFAST_URL", url, "HOLDFAST_CA", certificate.toString()));
        var reader = stage.cli()
                .with(Map.of("HOLDFAST_URL", url, "HOLDFAST_CA", certificate.toString(), "HOLDFAST_KEY", read));
        var chief = stage.cli()
                .with(Map.of("HOLDFAST_URL", url, "HOLDFAST_CA", certificate.toString(), "HOLDFAST_KEY", admin));
        bare.run("runs").code(3).tells("key_required");
        reader.run("run", "noop").code(3).tells("scope_missing", "reader");
        Path large = Files.writeString(stage.folder().resolve("large"), "\"" + "x".repeat(900_000) + "\"");
        reader.run("run", "noop", "--input", "@" + large).code(3).tells("scope_missing", "reader");
        bare.run("run", "noop", "--input", "@" + large).code(3).tells("key_required");
        String run = chief.run("run", "noop", "--wait", "--json").ok().out();
        assertThat(run).contains("SUCCEEDED");
        chief.run("pause", "default").ok();
        chief.run("resume", "default").ok();
        reader.run("nodes").ok();
        // Nobody is trusted whose certificate nobody vouches for.
        stage.cli()
                .with(Map.of("HOLDFAST_URL", url, "HOLDFAST_KEY", read))
                .run("runs")
                .code(4)
                .tells("tls_failed", "HOLDFAST_CA");

        String id = read.split("_", -1)[1];
        cli.run("keys", "revoke", id).ok();
        await("it is refused")
                .atMost(Stage.PATIENCE)
                .until(() -> reader.run("runs").code() == 3);
        reader.run("runs").code(3).tells("key_revoked");
        running.kill();
    }

    @Test
    void what_is_not_a_key_file_is_named() throws Exception {
        Path file = stage.folder().resolve("none.pem");
        stage.cli()
                .with(database)
                .run("server", "--port", "0", "--tls-cert", file.toString(), "--tls-key", file.toString())
                .code(3)
                .tells("tls_files", file.toString());
        stage.cli()
                .with(database)
                .run("server", "--port", "0", "--tls-cert", file.toString())
                .code(2)
                .tells("--tls-key");
    }

    @Test
    void keys_says_what_is_wrong() throws Exception {
        // The other test is of a database without a key.
        try (var own = TestDatabase.fresh()) {
            var cli = stage.cli().with(Map.of("HOLDFAST_POSTGRES", own.url().toString()));
            cli.run("keys").code(2).tells("keys create");
            cli.run("keys", "create", "x", "--scope", "root").code(2).tells("read, write or admin");
            cli.run("keys", "create", "x", "--scope", "read").ok();
            cli.run("keys", "revoke", "0123456789ab").code(3).tells("key_unknown");
            stage.cli().run("keys", "list").code(2).tells("HOLDFAST_POSTGRES");
        }
    }

    private static void make(Path certificate, Path key) throws InterruptedException {
        var command = List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=127.0.0.1",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-out",
                certificate.toString(),
                "-keyout",
                key.toString());
        int status;
        try {
            status = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            status = -1;
        }
        assumeTrue(status == 0, "needs openssl");
    }
}
