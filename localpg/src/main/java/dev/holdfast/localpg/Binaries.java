package dev.holdfast.localpg;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Where {@code initdb} and {@code postgres} are.
 *
 * <p>The embedded ones are unpacked once, into a folder of the system's temporary one that is named by the user and by
 * the hash of what is unpacked.
 */
final class Binaries {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    private Binaries() {}

    /** The folder of the programs that these settings mean. */
    static Path of(Settings settings) {
        Path chosen = settings.bin();
        Path bin = chosen != null ? chosen : embedded(settings.progress());
        if (!Files.isExecutable(bin.resolve("initdb")) || !Files.isExecutable(bin.resolve("postgres"))) {
            throw new IllegalStateException("no initdb and postgres in " + bin + ": " + Settings.BIN
                    + " or the settings must name the bin folder of a PostgreSQL of 14 or later");
        }
        return bin;
    }

    private static Path embedded(Consumer<String> progress) {
        String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        URL archive = Binaries.class.getResource(ARCHIVE);
        if (archive == null || !platform.toLowerCase(Locale.ROOT).matches("linux on (amd64|x86_64)")) {
            throw new IllegalStateException("there is no embedded PostgreSQL for " + platform + ": set " + Settings.BIN
                    + " to the bin folder of an installed one, for example /usr/lib/postgresql/15/bin");
        }
        try {
            String name = "holdfast-postgres-" + System.getProperty("user.name") + "-" + hash(archive);
            Path home = Path.of(System.getProperty("java.io.tmpdir")).resolve(name);
            return new Cache(home, progress).filledFrom(archive).resolve("bin");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the embedded PostgreSQL: " + e.getMessage(), e);
        }
    }

    /** The major version of the programs in this folder. */
    static int version(Path bin) {
        var said = Command.run(program(bin, "postgres"), "--version");
        var number = VERSION.matcher(said.output());
        if (!said.well() || !number.find()) {
            throw new IllegalStateException(bin + "/postgres does not say which version it is: " + said.output());
        }
        return Integer.parseInt(number.group(1));
    }

    private static String hash(URL archive) throws IOException {
        try (InputStream in = archive.openStream()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) digest.update(buffer, 0, n);
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What {@link Account} and {@link Launch} run. */
    static String program(Path bin, String name) {
        return bin.resolve(name).toAbsolutePath().toString();
    }
}
