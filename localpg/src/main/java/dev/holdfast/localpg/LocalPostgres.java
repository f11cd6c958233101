package dev.holdfast.localpg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of our own, which can be killed, stopped and restarted without harm to anybody: for drills and
 * tests. It listens on the loopback interface only, trusts everybody there, and is as durable as a real one: {@code
 * fsync} and {@code synchronous_commit} are on. Text is ordered by a language (ICU, en-US) and not by bytes, as on most
 * servers, so that whoever relies on an order of bytes notices (not before PostgreSQL 15).
 *
 * <pre>{@code
 * try (var server = LocalPostgres.start(folder, Settings.standard())) {
 *   server.createDatabase("orders");
 *   DriverManager.getConnection(server.jdbcUrl("orders"));
 *   server.kill();
 *   server.restart();
 * }
 * }</pre>
 *
 * <p>It ends with this process, however that ends, SIGKILL included, and also if it is paused: a shell beside it waits
 * for that. Only whoever kills the shell as well leaves a server behind.
 */
public final class LocalPostgres implements AutoCloseable {
    /** The superuser, whom everybody on this machine may be. */
    public static final String USER = "postgres";

    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration FAST = Duration.ofSeconds(30);
    private static final Duration GONE = Duration.ofSeconds(10);
    private static final int TRIES = 20;
    private static final String NO_PORT = "could not create any TCP/IP sockets";

    private final Cluster cluster;
    private final Settings settings;
    private final boolean temporary;
    private final IntSupplier guess;
    private int port;
    private @Nullable Launch launch;

    /**
     * @param temporary whether its folder is removed in the end
     * @param guess ports that are probably free
     */
    LocalPostgres(Cluster cluster, Settings settings, boolean temporary, IntSupplier guess) {
        this.cluster = cluster;
        this.settings = settings;
        this.temporary = temporary;
        this.guess = guess;
    }

    /**
     * Starts a server whose data and log lie in this folder. Data that are there already are used.
     *
     * @param folder is made if need be
     * @throws IllegalStateException if it does not start; with what it said
     */
    public static LocalPostgres start(Path folder, Settings settings) {
        return started(folder, settings, false);
    }

    /** Starts a server in a folder of its own, which is removed when the server is closed or this process has ended. */
    public static LocalPostgres temporary(Settings settings) {
        Path folder = temporaryFolder();
        try {
            return started(folder, settings, true);
        } catch (RuntimeException e) {
            // What it said is in the exception.
            Folder.delete(folder);
            throw e;
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("holdfast-postgres-data");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder for PostgreSQL: " + e.getMessage(), e);
        }
    }

    private static LocalPostgres started(Path folder, Settings settings, boolean temporary) {
        var cluster = Cluster.in(folder, Binaries.of(settings));
        cluster.make(settings.progress());
        var server = new LocalPostgres(cluster, settings, temporary, Ports::free);
        server.restart();
        return server;
    }

    /** Its address in the form of libpq: {@code postgresql://postgres@127.0.0.1:PORT/DATABASE}. */
    public URI url(String database) {
        return URI.create("postgresql://" + USER + "@127.0.0.1:" + port + "/" + database);
    }

    /** Its address in the form of JDBC, user included. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
    }

    /** On 127.0.0.1; the same one after every restart. */
    public int port() {
        return port;
    }

    /** What the server prints. */
    public Path log() {
        return cluster.log();
    }

    /**
     * The process of the server, whose children serve the connections.
     *
     * @throws IllegalStateException if it does not run
     */
    public synchronized long pid() {
        return running().postmaster();
    }

    /** Makes a database. */
    public void createDatabase(String name) {
        query(USER, "CREATE DATABASE " + quoted(name));
    }

    /** Removes a database, and ends whatever is connected to it. */
    public void dropDatabase(String name) {
        query(USER, "DROP DATABASE IF EXISTS " + quoted(name) + " WITH (FORCE)");
    }

    /**
     * The answer to a statement, all values as text; for what needs no driver.
     *
     * @throws IllegalStateException if the server refuses it
     */
    public List<List<@Nullable String>> query(String database, String sql) {
        try (var session = Session.open(port, database)) {
            return session.query(sql);
        }
    }

    /** Stops it as an administrator does ({@code fast}: transactions are rolled back), then starts it on its port. */
    public synchronized void restart() {
        stop();
        for (int tries = 1; tries <= TRIES; tries++) {
            int wished = port == 0 ? guess.getAsInt() : port;
            String said = boot(wished);
            if (said == null) {
                port = wished;
                return;
            }
            if (!said.contains(NO_PORT)) {
                throw new IllegalStateException("PostgreSQL in " + cluster.folder() + " did not start:\n" + said);
            }
            // Somebody was faster: another port, or, where clients know the port, this one when they have left.
            if (port != 0) Wait.until(Duration.ofMillis(500), () -> false);
        }
        throw new IllegalStateException("PostgreSQL found no port, tried " + TRIES + " times"
                + (port == 0 ? "" : ": another process took " + port + " while the server was down"));
    }

    /** What it said if it did not start, or null. */
    private @Nullable String boot(int onPort) {
        long before = cluster.logSize();
        var started = Launch.of(
                cluster.server(onPort, settings),
                cluster.log(),
                temporary ? cluster.folder().toString() : "");
        launch = started;
        Wait.until(READY, () -> !started.isAlive() || cluster.isReady(started.postmaster()));
        if (started.isAlive() && cluster.isReady(started.postmaster())) return null;
        boolean late = started.isAlive();
        kill();
        return cluster.loggedSince(before) + (late ? "not ready after " + READY.toSeconds() + " s\n" : "");
    }

    /** Stops it as an administrator does; nothing if it does not run. */
    public synchronized void stop() {
        if (launch == null || !launch.isAlive()) return;
        resume();
        launch.signalPostmaster("INT");
        if (!launch.ended(FAST)) kill();
    }

    /** Sends SIGKILL to the server and to all its processes, and returns when they are gone. */
    public synchronized void kill() {
        if (launch == null || !launch.isAlive()) return;
        // Stopped first, so that it makes no more of them: one that is nobody's keeps the memory that the next server
        // wants.
        launch.signalAll("STOP");
        var processes = launch.processes();
        launch.signalAll("KILL");
        boolean gone =
                launch.ended(GONE) && Wait.until(GONE, () -> processes.stream().noneMatch(Launch::executes));
        if (!gone) throw new IllegalStateException("PostgreSQL is alive " + GONE.toSeconds() + " s after SIGKILL");
    }

    /** Sends SIGSTOP to the server and to all its processes: connections stand, and nothing answers. */
    public synchronized void pause() {
        running().signalAll("STOP");
    }

    /** Sends SIGCONT to what {@link #pause} has stopped. */
    public synchronized void resume() {
        running().signalAll("CONT");
    }

    /**
     * Starts a server that follows this one and answers what only reads: a hot standby by streaming replication, made
     * from a copy of this server while it runs.
     *
     * @param folder for its data and its log, empty or not there
     */
    public synchronized Standby standby(Path folder) {
        return Standby.of(this, cluster, settings, folder, false);
    }

    /** As {@link #standby(Path)}, in a folder of its own, which is removed when it is closed or this process has ended. */
    public synchronized Standby temporaryStandby() {
        Path folder = temporaryFolder();
        try {
            return Standby.of(this, cluster, settings, folder, true);
        } catch (RuntimeException e) {
            Folder.delete(folder);
            throw e;
        }
    }

    private Launch running() {
        if (launch == null || !launch.isAlive()) {
            throw new IllegalStateException("PostgreSQL in " + cluster.folder() + " does not run");
        }
        return launch;
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Stops it. Its data and its log stay, unless it is a temporary one. */
    @Override
    public synchronized void close() {
        stop();
        if (temporary) Folder.delete(cluster.folder());
    }
}
