package dev.holdfast.server;

import dev.holdfast.core.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a server needs for TLS. */
final class Pem {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final Logger LOG = LoggerFactory.getLogger(Pem.class);
    private static final List<String> KINDS = List.of("EC", "RSA", "EdDSA");

    private Pem() {}

    /** @throws Refused {@code tls_files}, with the file and what is wrong with it */
    static SSLContext context(TlsFiles files) {
        X509Certificate[] chain = chain(files.certificates());
        PrivateKey key = key(files.key());
        demandFit(chain[0], key, files);
        warnOfTime(chain[0], files.certificates());
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

    /** The JDK would not notice, and no client could speak with the server. */
    private static void demandFit(X509Certificate certificate, PrivateKey key, TlsFiles files) {
        byte[] sample = "what was signed by the key".getBytes(StandardCharsets.US_ASCII);
        try {
            var signing = Signature.getInstance(signature(key));
            signing.initSign(key);
            signing.update(sample);
            byte[] signed = signing.sign();
            var checking = Signature.getInstance(signature(key));
            checking.initVerify(certificate.getPublicKey());
            checking.update(sample);
            if (checking.verify(signed)) return;
        } catch (InvalidKeyException | SignatureException e) {
            throw foreign(files, e);
        } catch (GeneralSecurityException e) {
            throw refused(files.key(), "cannot be used (" + e.getMessage() + ")", e);
        }
        throw foreign(files, null);
    }

    private static Refused foreign(TlsFiles files, @Nullable Exception cause) {
        return refused(
                files.key(),
                "is not the key of the first certificate in " + files.certificates()
                        + ": name the key for which that was made, and put the server's own certificate first",
                cause);
    }

    private static String signature(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
    }

    private static void warnOfTime(X509Certificate certificate, Path file) {
        try {
            certificate.checkValidity();
        } catch (CertificateNotYetValidException e) {
            LOG.warn(
                    "the certificate in {} is not valid before {}: clients refuse it",
                    file,
                    certificate.getNotBefore().toInstant());
        } catch (CertificateExpiredException e) {
            LOG.warn(
                    "the certificate in {} was valid until {}: clients refuse it",
                    file,
                    certificate.getNotAfter().toInstant());
        }
    }

    private static X509Certificate[] chain(Path file) {
        try {
            var found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(file)))
                    .toArray(X509Certificate[]::new);
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
