package dev.holdfast.postgres.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import org.postgresql.PGProperty;

/**
 * What {@code sslmode} and {@code sslrootcert} mean together, as libpq has it. The driver by itself looks at who it speaks to
 * in the verifying modes only, so that a root certificate beside a weaker mode would be no more than a decoration.
 */
final class Tls {
    /** What the machine trusts, instead of a file. */
    private static final String SYSTEM = "system";

    private static final String FULL = "verify-full";
    private static final Path USUAL_ROOTS = Path.of(".postgresql", "root.crt");

    private Tls() {}

    static void settle(Properties found) {
        String mode = text(found, PGProperty.SSL_MODE).toLowerCase(Locale.ROOT);
        if (!mode.isEmpty()) {
            DatabaseUrl.demandKnown("sslmode", PGProperty.SSL_MODE, mode);
            set(found, PGProperty.SSL_MODE, mode);
        }
        // Whoever names a factory says by that who is trusted.
        if (found.containsKey(PGProperty.SSL_FACTORY.getName())) return;
        String roots = text(found, PGProperty.SSL_ROOT_CERT);
        if (roots.equals(SYSTEM)) system(found, mode);
        else if (mode.equals("require") && (!roots.isEmpty() || areUsual()))
            set(found, PGProperty.SSL_MODE, "verify-ca");
    }

    /** There anybody can have a certificate for a name of his own: without the name it proves nothing. */
    private static void system(Properties found, String mode) {
        if (!mode.isEmpty() && !mode.equals(FULL)) {
            throw DatabaseUrl.refused("sslrootcert=system needs sslmode=" + FULL + ", and not " + mode
                    + ": whoever is between could show a certificate that is good for another name");
        }
        set(found, PGProperty.SSL_MODE, FULL);
        set(found, PGProperty.SSL_FACTORY, "org.postgresql.ssl.DefaultJavaSSLFactory");
        found.remove(PGProperty.SSL_ROOT_CERT.getName());
    }

    private static boolean areUsual() {
        return Files.exists(Path.of(System.getProperty("user.home", "")).resolve(USUAL_ROOTS));
    }

    private static void set(Properties found, PGProperty property, String value) {
        found.setProperty(property.getName(), value);
    }

    private static String text(Properties found, PGProperty property) {
        String value = property.getOrDefault(found);
        return value == null ? "" : value;
    }
}
