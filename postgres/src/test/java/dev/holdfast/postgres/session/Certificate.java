package dev.holdfast.postgres.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;

/** A certificate for 127.0.0.1 that nobody vouches for but itself, and its key. */
public record Certificate(Path file, Path key) {
    /** Skips the test where there is no openssl. */
    public static Certificate in(Path folder, String name) throws IOException, InterruptedException {
        var made = new Certificate(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
        int status;
        try {
            status = new ProcessBuilder(
                            "openssl",
                            "req",
                            "-x509",
                            "-newkey",
                            "rsa:2048",
                            "-nodes",
                            "-subj",
                            "/CN=127.0.0.1",
                            "-addext",
                            "subjectAltName=IP:127.0.0.1",
                            "-out",
                            made.file.toString(),
                            "-keyout",
                            made.key.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            status = -1;
        }
        Assumptions.assumeTrue(status == 0, "no openssl here");
        Files.setPosixFilePermissions(made.key, PosixFilePermissions.fromString("rw-------"));
        return made;
    }
}
