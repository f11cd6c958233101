package dev.holdfast.postgres.session;

import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * {@code jdbc:postgresql://host:port,host:port/database?user=…&password=…&…} with the settings of the driver, which takes it
 * apart. What it would not understand it would write into the log as it is, with the password, so that does not get so far.
 */
final class JdbcUrl {
    private static final Pattern ADDRESS = Pattern.compile("//[^/@]*/[^/@]*|/?[^/@]*");
    /** The last colon of an address that is not in brackets. */
    private static final Pattern PORT = Pattern.compile("(?:[^:\\]]*|\\[[^\\]]*\\])(?::([0-9]{1,5}))?");

    private JdbcUrl() {}

    static Properties parse(String url) {
        String rest = url.substring(DatabaseUrl.JDBC.length());
        int question = rest.indexOf('?');
        String address = question < 0 ? rest : rest.substring(0, question);
        if (!ADDRESS.matcher(address).matches()) {
            throw DatabaseUrl.refused(
                    "in this form a host, a / and the name of the database are followed by" + " ?user=…&password=…");
        }
        if (address.startsWith("//")) {
            for (String host : address.substring(2, address.indexOf('/', 2)).split(",", -1)) {
                if (!PORT.matcher(host).matches()) throw DatabaseUrl.refused(DatabaseUrl.NO_PORT);
            }
        }
        Properties parsed = Driver.parseURL(url, null);
        if (parsed == null) throw DatabaseUrl.refused("the driver does not understand it. " + DatabaseUrl.ENCODE);
        boolean secret = PGProperty.PASSWORD.getOrDefault(parsed) != null;
        for (String name : parsed.stringPropertyNames()) {
            PGProperty known = PGProperty.forName(name);
            if (known == null) {
                // Of a password with an & in it this may be a part.
                throw secret
                        ? DatabaseUrl.refused("one of its settings is not known to the driver. " + DatabaseUrl.ENCODE)
                        : DatabaseUrl.refused("there is no setting '" + name + "'");
            }
            if (known == PGProperty.TARGET_SERVER_TYPE) {
                DatabaseUrl.demandKnown(name, known, String.valueOf(parsed.getProperty(name)));
            }
        }
        return parsed;
    }
}
