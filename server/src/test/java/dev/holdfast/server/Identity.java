package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;

/**
 * A certificate that vouches for itself, for 127.0.0.1, made by the JDK's keytool.
 *
 * @param files of it, in PEM
 * @param certificate the same
 */
record Identity(TlsFiles files, Certificate certificate) {
    private static final char[] WORD = "changeit".toCharArray();

    /**
     * @param name of its files
     * @param algorithm of its key, such as EC
     * @param start when it becomes valid, as keytool has it, such as {@code -1d}; for two days
     */
    static Identity make(Path folder, String name, String algorithm, String start)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(name + ".p12");
        var made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-startdate",
                        start,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(WORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(made.waitFor()).isZero();
        KeyStore opened = KeyStore.getInstance(store.toFile(), WORD);
        Certificate certificate = opened.getCertificate(name);
        Path chain = pem(folder.resolve(name + ".pem"), "CERTIFICATE", certificate.getEncoded());
        Path key = pem(
                folder.resolve(name + ".key"),
                "PRIVATE KEY",
                opened.getKey(name, WORD).getEncoded());
        return new Identity(new TlsFiles(chain, key), certificate);
    }

    private static Path pem(Path file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }
}
