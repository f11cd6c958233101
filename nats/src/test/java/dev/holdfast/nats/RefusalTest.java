package dev.holdfast.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.core.Refused;
import dev.holdfast.engine.system.SystemThreads;
import dev.holdfast.localnats.LocalNats;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.testkit.ProcessTest;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a NATS is said before anything runs, with what to fix, and without passwords. */
@NeedsNats
final class RefusalTest {
    private static Refused refused(NatsOptions options) {
        return catchThrowableOfType(
                Refused.class,
                () -> NatsCluster.open(options, "1-2", new SystemThreads()).close());
    }

    private static void assertRefused(NatsOptions options, String code, String... says) {
        Refused refused = refused(options);
        assertThat(refused).as(code).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused).hasMessageContainingAll(says).hasMessageNotContaining("secret");
    }

    @Test
    void nobodyIsThere() {
        assertRefused(
                NatsOptions.at("nats://me:secret@127.0.0.1:1"), "nats_unreachable", "nats://127.0.0.1:1", "start it");
        assertRefused(NatsOptions.at("http://me:secret@127.0.0.1:1"), "nats_url", "nats://host:4222");
        assertRefused(NatsOptions.at("nats://me:se cret@127.0.0.1:1"), "nats_url", "percent-encoded");
        assertRefused(NatsOptions.at(" , "), "nats_url", "no address");
        assertRefused(NatsOptions.at("nats://127.0.0.1:1").name("a.b"), "nats_name", "a.b");
    }

    @Test
    @ProcessTest
    void itIsNotLetIn() {
        try (var server = LocalNats.single("authorization { user: me, password: right }")) {
            String url = server.url().replace("//", "//me:secret@");
            assertRefused(NatsOptions.at(url), "nats_login", "user and password");
            assertRefused(NatsOptions.at(server.url()), "nats_login", "let this user in");
            NatsCluster.open(NatsOptions.at(server.url().replace("//", "//me:right@")), "1-2", new SystemThreads())
                    .close();
        }
    }

    @Test
    void noEncryptedConnectionComesAbout(@TempDir Path folder) throws Exception {
        try (var plain = LocalNats.single()) {
            assertRefused(
                    NatsOptions.at(plain.url().replace("nats://", "tls://me:secret@")),
                    "nats_tls",
                    "exactly if the server asks for TLS");
        }
        Path certificate = folder.resolve("server.pem");
        Path key = folder.resolve("server.key");
        selfSigned(certificate, key);
        try (var server = LocalNats.single("tls { cert_file: \"%s\", key_file: \"%s\" }".formatted(certificate, key))) {
            assertRefused(
                    NatsOptions.at(server.url().replace("nats://", "tls://")),
                    "nats_tls",
                    "have Java trust who signed");
        }
    }

    private static void selfSigned(Path certificate, Path key) throws Exception {
        int status = new ProcessBuilder(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
                                + " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -out " + certificate
                                + " -keyout " + key)
                        .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        assumeTrue(status == 0, "needs openssl");
    }

    @Test
    void itTakesOnlySmallMessages() {
        try (var server = LocalNats.single("max_payload: 100000")) {
            assertRefused(NatsOptions.at(server.url()), "nats_payload", "100000", "max_payload");
        }
    }

    @Test
    void jetStreamIsNotThereForThisUser() {
        try (var server = LocalNats.single("""
            accounts {
              plain { users: [{user: me, password: right}] }
              streams { jetstream: enabled, users: [{user: you, password: right}] }
            }
            """)) {
            assertRefused(
                    NatsOptions.at(server.url().replace("//", "//me:right@")), "nats_jetstream", "jetstream block");
        }
    }

    @Test
    void itMayNotDoWhatANodeDoes() {
        try (var server = LocalNats.single("""
            authorization {
              users: [{user: me, password: right, permissions: {publish: "holdfast.>", subscribe: ">"}}]
            }
            """)) {
            assertRefused(NatsOptions.at(server.url().replace("//", "//me:right@")), "nats_rights", "rights");
        }
    }

    @Test
    void anotherStreamIsThere() throws Exception {
        try (var server = LocalNats.single();
                var admin = Admin.at(server.url())) {
            var management = admin.streams();
            management.addStream(StreamConfiguration.builder()
                    .name("holdfast-1-2")
                    .subjects("holdfast.1-2.run.*")
                    .storageType(StorageType.File)
                    .maxAge(Duration.ofDays(1))
                    .build());
            assertRefused(
                    NatsOptions.at(server.url()), "nats_stream", "a limit of age", "nats stream edit holdfast-1-2");
            assertRefused(NatsOptions.at(server.url()).replicas(3), "nats_stream", "1 replicas and not 3");
            management.deleteStream("holdfast-1-2");
            management.addStream(StreamConfiguration.builder()
                    .name("other")
                    .subjects("holdfast.>")
                    .storageType(StorageType.File)
                    .build());
            assertRefused(NatsOptions.at(server.url()), "nats_stream", "subjects");
        }
    }

    @Test
    void whoHasCredentialsSignsWithThem(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("me.creds");
        Files.writeString(file, "nothing of that kind");
        assertRefused(NatsOptions.at("nats://127.0.0.1:1").credentials(file), "nats_credentials", "me.creds");
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Files.writeString(file, Nkeys.file(pair, "some.jwt.text"));
        var credentials = Credentials.read(file);
        assertThat(new String(credentials.getJWT())).isEqualTo("some.jwt.text");
        // A server takes the signature of this key.
        try (var server = LocalNats.single("authorization { users: [{nkey: " + Nkeys.publicKey(pair) + "}] }");
                var admin = Admin.with(Nkeys.options(server.url(), credentials, Nkeys.publicKey(pair)))) {
            assertThat(admin.connection().getServerInfo().isAuthRequired()).isTrue();
        }
    }
}
