package dev.holdfast.localpg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@EnabledIfEnvironmentVariable(named = "HOLDFAST_TESTS", matches = "all", disabledReason = "slow")
class LocalPostgresTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @Test
    void a_driver_gets_a_server_that_is_durable_and_ours_alone() throws Exception {
        try (var database = TestDatabase.fresh();
                var connection = DriverManager.getConnection(database.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT current_setting('fsync'),"
                        + " current_setting('synchronous_commit'), current_setting('listen_addresses'),"
                        + " current_setting('max_connections'), 'b' < 'C'")) {
            row.next();
            assertThat(List.of(row.getString(1), row.getString(2), row.getString(3), row.getString(4)))
                    .containsExactly("on", "on", "127.0.0.1", "200");
            assertThat(row.getBoolean(5)).as("text is not ordered by bytes").isTrue();
            assertThat(database.url())
                    .hasToString("postgresql://postgres@127.0.0.1:"
                            + database.server().port() + "/" + database.name());
        }
    }

    @Test
    void what_was_committed_survives_a_kill_and_a_restart_on_the_same_port() {
        try (var server = LocalPostgres.start(folder, Settings.standard())) {
            int port = server.port();
            long first = server.pid();
            server.query("postgres", "CREATE TABLE kept (n int)");
            server.query("postgres", "INSERT INTO kept VALUES (42)");

            server.kill();
            assertThat(ProcessHandle.of(first)).isEmpty();
            assertThatThrownBy(() -> server.query("postgres", "SELECT 1")).hasMessageContaining("port " + port);
            assertThatThrownBy(server::pause).hasMessageContaining("does not run");

            server.restart();
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.query("postgres", "SELECT n FROM kept")).containsExactly(List.of("42"));
        }
        try (var again = LocalPostgres.start(folder, Settings.standard())) {
            assertThat(again.query("postgres", "SELECT n FROM kept")).containsExactly(List.of("42"));
        }
        assertThatThrownBy(() -> LocalPostgres.start(folder, Settings.standard().with("work_mem", "much")))
                .hasMessageContaining("did not start")
                .hasMessageContaining("work_mem");
    }

    @Test
    void a_port_that_is_taken_meanwhile_is_given_up_for_another() throws Exception {
        var settings = Settings.standard();
        var cluster = Cluster.in(folder, Binaries.of(settings));
        cluster.make(settings.progress());
        int free = Ports.free();
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var guesses = new ArrayDeque<>(List.of(taken.getLocalPort(), free));
            try (var server = new LocalPostgres(cluster, settings, false, guesses::removeFirst)) {
                server.restart();
                assertThat(server.port()).isEqualTo(free);
                assertThat(server.query("postgres", "SELECT 1")).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"running", "paused"})
    void it_ends_with_a_process_that_is_killed_and_leaves_nothing(String state) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Held.class.getName(),
                        state)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String[] said;
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            said = lines.readLine().split(" ", 2);
            process.destroyForcibly().waitFor();
        }

        try {
            await("the server has ended")
                    .atMost(SOON)
                    .until(() -> ProcessHandle.of(Long.parseLong(said[0])).isEmpty());
            await("its folder is gone").atMost(SOON).until(() -> !Files.exists(Path.of(said[1])));
        } finally {
            ProcessHandle.of(Long.parseLong(said[0])).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void a_temporary_one_may_be_paused_and_is_removed_when_it_is_closed() {
        Path home;
        try (var server = LocalPostgres.temporary(Settings.standard().with("work_mem", "7MB"));
                var session = Session.open(server.port(), "postgres")) {
            home = server.log().getParent();
            assertThat(home).isDirectory();
            assertThat(session.query("SHOW work_mem")).containsExactly(List.of("7MB"));

            server.pause();
            var answer = CompletableFuture.supplyAsync(() -> session.query("SELECT 1"));
            var newcomer = CompletableFuture.supplyAsync(() -> server.query("postgres", "SELECT 2"));
            assertThat(CompletableFuture.anyOf(answer, newcomer)
                            .thenApply(rows -> "answered")
                            .completeOnTimeout("silent", 300, TimeUnit.MILLISECONDS)
                            .join())
                    .isEqualTo("silent");
            server.resume();
            assertThat(answer.join()).containsExactly(List.of("1"));
            assertThat(newcomer.join()).containsExactly(List.of("2"));

            server.pause();
        }
        assertThat(home).doesNotExist();
    }

    @Test
    void an_installed_one_serves_as_well() {
        Path bin = Path.of("/usr/lib/postgresql/15/bin");
        Assumptions.assumeTrue(Files.isDirectory(bin), "PostgreSQL 15 is not installed");
        var said = new ArrayList<String>();
        try (var server =
                LocalPostgres.start(folder, Settings.standard().installed(bin).telling(said::add))) {
            assertThat(server.query("postgres", "SHOW server_version")
                            .getFirst()
                            .getFirst())
                    .startsWith("15");
            assertThat(said).contains("making a database cluster in " + folder);
        }
    }

    @Test
    void nobody_runs_it_where_namespaces_are_not_allowed() throws Exception {
        Assumptions.assumeTrue(Account.in(folder) != Account.OURSELVES, "only root can be somebody else");
        Assumptions.assumeTrue(Account.NOBODY.works(), "setpriv does not work here");
        Path reached = Files.createTempDirectory("holdfast-nobody");
        try {
            var cluster = new Cluster(reached, Binaries.of(Settings.standard()), Account.NOBODY);
            cluster.make(said -> {});
            try (var server = new LocalPostgres(cluster, Settings.standard(), false, Ports::free)) {
                server.restart();
                assertThat(Files.getOwner(Path.of("/proc/" + server.pid())).getName())
                        .isEqualTo("nobody");
                assertThat(server.query("postgres", "SELECT 1")).hasSize(1);
            }
        } finally {
            Folder.delete(reached);
        }
        Path within = Files.createDirectory(folder.resolve("within"));
        assertThatThrownBy(() -> Account.NOBODY.give(within)).hasMessageContaining("cannot reach " + within);
    }

    @Test
    void what_cannot_be_says_why() {
        assertThatThrownBy(() -> LocalPostgres.start(folder, Settings.standard().installed(folder)))
                .hasMessageContaining("no initdb and postgres in " + folder);
        try (var database = TestDatabase.fresh()) {
            assertThatThrownBy(() -> database.server().query(database.name(), "SELEKT 1"))
                    .hasMessageContaining("SELEKT 1")
                    .hasMessageContaining("42601");
        }
    }

    @Test
    void every_test_gets_a_database_of_its_own_on_one_server() {
        try (var one = TestDatabase.fresh();
                var other = TestDatabase.fresh()) {
            assertThat(one.server()).isSameAs(other.server());
            one.server().query(one.name(), "CREATE TABLE mine (n int)");
            assertThat(other.server()
                            .query(other.name(), "SELECT to_regclass('mine')")
                            .getFirst())
                    .containsExactly((String) null);
        }
    }
}
