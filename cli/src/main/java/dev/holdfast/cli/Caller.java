package dev.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * As whom a server is asked, and whom it may be. Both come from the environment: everybody on a machine sees a command line.
 *
 * @param key API key; null for none
 * @param trusted what is trusted when the server speaks TLS; null for what Java trusts
 */
record Caller(@Nullable String key, @Nullable SSLContext trusted) {
    static final String HELP = "HOLDFAST_KEY has the API key, HOLDFAST_CA a PEM file with the certificates to trust.";

    /** @throws Failure {@code ca_invalid} */
    static Caller of(@Nullable String key, @Nullable String authorities) {
        return new Caller(
                key == null || key.isBlank() ? null : key.strip(),
                authorities == null || authorities.isEmpty() ? null : trusting(authorities));
    }

    private static SSLContext trusting(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + number++, each);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw Failure.usage(
                    "ca_invalid", "HOLDFAST_CA: the certificates in " + file + " cannot be read (" + e + ")");
        }
    }

    void introduce(HttpURLConnection connection) {
        if (key != null) connection.setRequestProperty("Authorization", "Bearer " + key);
        if (trusted != null && connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(trusted.getSocketFactory());
        }
    }

    void introduce(HttpRequest.Builder request) {
        if (key != null) request.header("Authorization", "Bearer " + key);
    }

    HttpClient.Builder client() {
        var builder = HttpClient.newBuilder();
        return trusted == null ? builder : builder.sslContext(trusted);
    }
}
