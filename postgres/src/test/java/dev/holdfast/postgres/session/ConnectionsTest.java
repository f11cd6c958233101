package dev.holdfast.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.core.Refused;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.testkit.ProcessTest;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How sessions are made, and what is said when none can be. */
class ConnectionsTest {
    private static final TestDatabase DATABASE = TestDatabase.fresh();

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void everySessionHasItsNameAndEndsWithItsClient() throws SQLException {
        for (String url :
                new String[] {DATABASE.url() + "?application_name=mine", DATABASE.jdbcUrl() + "&ApplicationName=mine"
                }) {
            try (Connection session = to(url).named(7).open()) {
                assertThat(setting(session, "application_name")).isEqualTo("holdfast/7");
                assertThat(setting(session, "search_path")).isEqualTo("holdfast");
                assertThat(setting(session, "tcp_keepalives_idle")).isEqualTo("4");
                assertThat(setting(session, "tcp_user_timeout")).isEqualTo("5500");
                assertThat(setting(session, "client_connection_check_interval")).isEqualTo("1s");
                assertThat(setting(session, "idle_in_transaction_session_timeout"))
                        .isEqualTo("5s");
                assertThat(setting(session, "synchronous_commit")).isEqualTo("on");
                assertThat(session.getNetworkTimeout()).isEqualTo(30_000);
            }
        }
        try (Connection session = to(DATABASE.url().toString()).open(Use.SPEAK)) {
            assertThat(setting(session, "application_name")).isEqualTo("holdfast/booting");
            assertThat(setting(session, "synchronous_commit")).isEqualTo("off");
        }
    }

    @Test
    void whatTheDatabaseOrTheRoleSetsForEverybodyIsNotForUs() throws SQLException {
        run("CREATE ROLE hasty LOGIN", "GRANT ALL ON DATABASE " + DATABASE.name() + " TO hasty");
        run("ALTER ROLE hasty SET statement_timeout = '10ms'", "ALTER ROLE hasty SET idle_session_timeout = '1s'");
        run("ALTER ROLE hasty SET default_transaction_isolation = 'serializable'");
        try (Connection session = to(as("hasty")).open(Use.WATCH)) {
            assertThat(setting(session, "statement_timeout")).isEqualTo("0");
            assertThat(setting(session, "idle_session_timeout")).isEqualTo("0");
            assertThat(setting(session, "transaction_isolation")).isEqualTo("read committed");
        }
    }

    @Test
    @ProcessTest
    void whoIsStoppedInTheMiddleOfATransactionKeepsItsLocksForFiveSeconds() throws SQLException {
        run("CREATE TABLE wanted (n int)");
        try (Connection stopped = to(DATABASE.url().toString()).named(7).open();
                var statement = stopped.createStatement()) {
            stopped.setAutoCommit(false);
            statement.execute("LOCK TABLE public.wanted");
            run("SET lock_timeout = '8s'; INSERT INTO wanted VALUES (1)");
        }
    }

    @Test
    void aServerThatIsNotThere() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        refused("postgres://me:secret@127.0.0.1:" + port + "/mine", "database_unreachable");
    }

    @Test
    void aDatabaseThatIsNotThere() {
        assertThat(refused(DATABASE.server().url("nowhere").toString(), "database_missing"))
                .contains("CREATE DATABASE \"nowhere\"");
    }

    @Test
    void aUserWhoIsNotLetIn() {
        run("CREATE ROLE locked NOLOGIN");
        for (String user : new String[] {"locked", "nobody"}) {
            assertThat(refused(as(user), "database_login"))
                    .contains("no such user, or it may not log in")
                    .doesNotContain("TLS", "pg_hba.conf");
        }
    }

    @Test
    void aUserWhomNoEntryLetsIn(@TempDir Path folder) throws Exception {
        Certificate own = Certificate.in(folder, "own");
        Path entries = Files.writeString(folder.resolve("hba.conf"), """
                host all turned_away 127.0.0.1/32 reject
                hostssl all ciphered 127.0.0.1/32 trust
                hostnossl all plain 127.0.0.1/32 trust
                host all postgres 127.0.0.1/32 trust
                """);
        var settings = Settings.standard()
                .with("ssl", "on")
                .with("ssl_cert_file", own.file().toString())
                .with("ssl_key_file", own.key().toString())
                .with("hba_file", entries.toString());
        try (var server = LocalPostgres.start(folder.resolve("data"), settings)) {
            for (String user : new String[] {"turned_away", "unheard_of", "plain"}) {
                assertThat(refused(asked(server, user, "require"), "database_login"))
                        .contains("no entry that lets this user in from here with TLS", "add one", "sslmode");
            }
            for (String user : new String[] {"turned_away", "unheard_of", "ciphered"}) {
                assertThat(refused(asked(server, user, "disable"), "database_login"))
                        .contains("no entry that lets this user in from here without TLS", "add one", "sslmode");
            }
        }
    }

    private static String asked(LocalPostgres server, String user, String mode) {
        return server.url("postgres").toString().replace("postgres@", user + "@") + "?sslmode=" + mode;
    }

    @Test
    void aUserWhoMayNotMakeTables() {
        run("CREATE ROLE reader LOGIN");
        assertThat(refused(as("reader"), "database_rights")).contains("GRANT CREATE");
    }

    @Test
    void aUserWhoHasNoSessionLeft() {
        run("CREATE ROLE alone LOGIN CONNECTION LIMIT 1", "GRANT ALL ON DATABASE " + DATABASE.name() + " TO alone");
        refused(as("alone"), "database_connections");
    }

    @Test
    void aServerWithoutTls() {
        refused(DATABASE.url() + "?sslmode=require", "database_tls");
        refused(DATABASE.url() + "?sslmode=verify-full", "database_tls");
    }

    /** One of whom nothing is heard, by how far it comes. */
    @ParameterizedTest
    @CsvSource({"'', verify-full", "'', prefer", "S, require", "'HTTP/1.1 400', require", "'HTTP/1.1 400', disable"})
    void aServerOfWhichNothingIsHeardIsNotThereWhateverIsAskedOfTls(String says, String mode) throws IOException {
        for (var end : Mute.End.values()) {
            try (var mute = Mute.that(says, end)) {
                String url =
                        "postgres://me:secret@127.0.0.1:" + mute.port() + "/mine?connect_timeout=1&sslmode=" + mode;
                refused(url, "database_unreachable");
            }
        }
    }

    @Test
    void noneOfSeveralServersIsThere() throws IOException {
        try (var mute = Mute.that("", Mute.End.CLOSES)) {
            String both = "postgres://me:secret@127.0.0.1:" + mute.port() + ",127.0.0.1:" + mute.port()
                    + "/mine?target_session_attrs=primary";
            assertThat(refused(both, "database_unreachable")).contains("none of the servers");
        }
    }

    @Test
    void aServerThatAsksForAPassword(@TempDir Path folder) throws IOException {
        Path entries = Files.writeString(
                folder.resolve("hba.conf"),
                "host all asked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
        try (var server =
                LocalPostgres.start(folder.resolve("data"), Settings.standard().with("hba_file", entries.toString()))) {
            server.query("postgres", "CREATE ROLE asked LOGIN SUPERUSER PASSWORD 'right'");
            String url = server.url("postgres").toString().replace("postgres@", "asked@");
            refused(url, "database_login");
            refused(url.replace("asked@", "asked:wrong@"), "database_login");
            to(url.replace("asked@", "asked:right@"));
            Path passwords =
                    Files.writeString(folder.resolve("passwords"), "127.0.0.1:" + server.port() + ":*:asked:right\n");
            Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
            // What PGPASSFILE is in the environment.
            System.setProperty("org.postgresql.pgpassfile", passwords.toString());
            String several = url.replace("/postgres", ",localhost:" + server.port() + "/postgres");
            try {
                to(url);
                // Asked for with all of them at once.
                assertThat(refused(several, "database_login")).contains("several servers", "PGPASSFILE");
                Files.writeString(passwords, "*:*:*:asked:right\n");
                to(several);
            } finally {
                System.clearProperty("org.postgresql.pgpassfile");
            }
        }
    }

    @Test
    void forHowLongItIsWaitedForASessionIsTheUsersToSay() throws IOException {
        try (var mute = Mute.that("", Mute.End.HANGS)) {
            long began = System.nanoTime();
            refused(
                    "postgres://me:secret@127.0.0.1:" + mute.port() + "/mine?connect_timeout=1&sslmode=disable",
                    "database_unreachable");
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        }
    }

    @Test
    void aUserWhoMayNotConnect() {
        run("CREATE ROLE outside LOGIN", "REVOKE CONNECT ON DATABASE " + DATABASE.name() + " FROM PUBLIC");
        refused(as("outside"), "database_rights");
        run("GRANT CONNECT ON DATABASE " + DATABASE.name() + " TO PUBLIC");
    }

    @Test
    void aStandbyIsAskedForByMistake() {
        Refused refused =
                catchThrowableOfType(Refused.class, () -> to(DATABASE.url() + "?target_session_attrs=standby"));
        assertThat(refused.code()).isEqualTo("database_url");
        assertThat(refused.getMessage()).contains("nodes write");
    }

    @Test
    void whoseActivitiesCannotBeSeen() {
        run("CREATE ROLE hidden LOGIN", "GRANT ALL ON DATABASE " + DATABASE.name() + " TO hidden");
        run("ALTER ROLE hidden SET track_activities = off");
        refused(as("hidden"), "database_setting");
    }

    /** To this role the server says that it is another one. */
    @ParameterizedTest
    @CsvSource({
        "130022, 'PostgreSQL 13, and this program knows 14 to 18: upgrade the database'",
        "190000, a newer program"
    })
    void aServerThatIsTooOldOrTooNew(int number, String fix) {
        String name = "version_" + number;
        run(
                "CREATE ROLE " + name + " LOGIN",
                "GRANT ALL ON DATABASE " + DATABASE.name() + " TO " + name,
                "CREATE SCHEMA " + name,
                "GRANT USAGE ON SCHEMA " + name + " TO " + name,
                "CREATE FUNCTION " + name + ".current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT CASE $1 WHEN"
                        + " 'server_version_num' THEN '" + number + "' ELSE pg_catalog.current_setting($1) END $$",
                "ALTER ROLE " + name + " SET search_path = " + name + ", pg_catalog");

        assertThat(refused(as(name), "database_version")).contains(fix);
    }

    @Test
    @ProcessTest
    void aReplica(@TempDir Path folder) {
        try (var primary = LocalPostgres.start(folder.resolve("primary"), Settings.standard())) {
            primary.createDatabase("mine");
            try (var standby = primary.standby(folder.resolve("standby"))) {
                standby.awaitReplay();
                String replica = standby.server().url("mine").toString();
                refused(replica, "database_is_replica");
                String both = replica.replace("/mine", ",127.0.0.1:" + primary.port() + "/mine");
                to(both + "?target_session_attrs=primary");
            }
        }
    }

    /** By whatever rule it chooses; all at once, as with each of them it is listened for five seconds in vain. */
    @Test
    @ProcessTest
    void aPoolerInTransactionMode() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var said = new EnumMap<TransactionPooler.Choice, Future<String>>(TransactionPooler.Choice.class);
            for (var choice : TransactionPooler.Choice.values())
                said.put(choice, threads.submit(() -> through(choice)));
            for (var each : said.entrySet()) {
                assertThat(each.getValue().get()).as("by %s", each.getKey()).contains("transaction mode");
            }
        }
    }

    private static String through(TransactionPooler.Choice choice) throws IOException {
        try (var pooler = new TransactionPooler(DATABASE.server().port(), choice)) {
            String url = DATABASE.url().toString();
            return refused(url.replace(":" + DATABASE.server().port(), ":" + pooler.port()), "database_pooler");
        }
    }

    private static String refused(String url, String code) {
        Refused refused = catchThrowableOfType(Refused.class, () -> to(url));
        assertThat(refused).as("what is said about " + url).isNotNull();
        assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code);
        assertThat(refused.getMessage()).contains("127.0.0.1").doesNotContain("secret");
        return String.valueOf(refused.getMessage());
    }

    private static Connections to(String url) {
        return Connections.to(url);
    }

    private static String as(String user) {
        return DATABASE.url().toString().replace("postgres@", user + "@");
    }

    private static void run(String... statements) {
        for (String statement : statements) DATABASE.server().query(DATABASE.name(), statement);
    }

    private static String setting(Connection session, String name) throws SQLException {
        try (var statement = session.createStatement();
                var row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }
}
