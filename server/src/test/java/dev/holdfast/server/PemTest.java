package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.testkit.ProcessTest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of TLS. */
@ProcessTest
class PemTest {
    @TempDir
    Path folder;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            said.add(new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        Logger.getLogger(Pem.class.getName()).addHandler(listener);
    }

    @AfterEach
    void stop() {
        Logger.getLogger(Pem.class.getName()).removeHandler(listener);
    }

    @Test
    void aKeyOfAnyKindGoesWithItsCertificate() throws Exception {
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            assertThat(Pem.context(Identity.make(folder, "a-" + algorithm, algorithm, "-1d")
                            .files()))
                    .as(algorithm)
                    .isNotNull();
        }
        assertThat(said).isEmpty();
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedBeforeAnybodyIsServed() throws Exception {
        TlsFiles own = Identity.make(folder, "own", "EC", "-1d").files();
        for (String algorithm : List.of("EC", "RSA")) {
            TlsFiles other = Identity.make(folder, "other-" + algorithm, algorithm, "-1d")
                    .files();
            var mixed = new TlsFiles(own.certificates(), other.key());

            assertThatThrownBy(() -> Server.open(ServerOptions.onPort(0).tls(mixed)))
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code()).isEqualTo("tls_files"))
                    .hasMessageContainingAll(
                            other.key().toString(), own.certificates().toString(), "is not the key of");
        }
    }

    @Test
    void aCertificateWhoseTimeIsOverOrHasNotComeIsSaid() throws Exception {
        Path old = Identity.make(folder, "old", "EC", "-10d").files().certificates();
        Pem.context(new TlsFiles(old, folder.resolve("old.key")));
        assertThat(said).singleElement().asString().contains(old.toString(), "was valid until");

        Path early = Identity.make(folder, "early", "EC", "+10d").files().certificates();
        Pem.context(new TlsFiles(early, folder.resolve("early.key")));
        assertThat(said).hasSize(2).last().asString().contains(early.toString(), "is not valid before");
    }
}
