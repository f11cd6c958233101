package dev.holdfast.server;

import dev.holdfast.core.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Reads what a server needs for TLS. */
final class Pem {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final List<String> KINDS = List.of("EC", "RSA", "EdDSA");

    private Pem() {}

    /** @throws Refused {@code tls_files}, with the file and what is wrong with it */
    static SSLContext context(TlsFiles files) {
        Certificate[] chain = chain(files.certificates());
        PrivateKey key = key(files.key());
        char[] nobodySeesIt = new char[0];
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, nobodySeesIt);
            store.setKeyEntry("server", key, nobodySeesIt, chain);
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, nobodySeesIt);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw refused(files.key(), "does not go with the certificate (" + e.getMessage() + ")", e);
        }
    }

    private static Certificate[] chain(Path file) {
        try {
            var found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(file)))
                    .toArray(Certificate[]::new);
            if (found.length > 0) return found;
            throw refused(file, "has no certificate in it", null);
        } catch (CertificateException e) {
            throw refused(file, "is no certificate in PEM (" + e.getMessage() + ")", e);
        }
    }

    private static PrivateKey key(Path file) {
        var found = PKCS8.matcher(new String(read(file), StandardCharsets.US_ASCII));
        if (!found.find()) {
            throw refused(
                    file,
                    "has no 'BEGIN PRIVATE KEY' in it: make it so by 'openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW'",
                    null);
        }
        try {
            var bytes = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
            for (String kind : KINDS) {
                try {
                    return KeyFactory.getInstance(kind).generatePrivate(bytes);
                } catch (InvalidKeySpecException another) {
                    // Of another kind.
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused(file, "cannot be read (" + e.getMessage() + ")", e);
        }
        throw refused(file, "is no key of one of these kinds: " + String.join(", ", KINDS), null);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw refused(file, "is not there", e);
        } catch (IOException e) {
            throw refused(file, "cannot be read: look at its rights (" + e.getMessage() + ")", e);
        }
    }

    private static Refused refused(Path file, String why, @Nullable Throwable cause) {
        var refused = new Refused("tls_files", "for TLS, " + file + " " + why);
        if (cause != null) refused.initCause(cause);
        return refused;
    }
}
