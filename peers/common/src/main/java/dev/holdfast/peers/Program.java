package dev.holdfast.peers;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program of every peer. What it measures it prints, a line of JSON each; everything else goes to standard error.
 *
 * <p>Words: {@code measure} (round, idle, kill), {@code database} to make and to remove, {@code seconds} and {@code
 * warmup} of each load, {@code clients}, {@code backlog}, {@code patience} (seconds to wait for what may never come), and {@code postmaster}, the server's process if it is on this machine.
 */
public final class Program {
    private static final Duration SETTLE = Duration.ofSeconds(3);

    /** Makes a peer and starts what executes its runs. */
    @FunctionalInterface
    public interface Opening {
        /**
         * @param url of its database, for JDBC
         * @param name of this process among those that share the database
         */
        Peer open(String url, String name, Bodies bodies) throws Exception;
    }

    private final String main;
    private final Opening opening;
    private final Arguments arguments;
    private final Sheet sheet;

    private Program(String main, Opening opening, Arguments arguments, Sheet sheet) {
        this.main = main;
        this.opening = opening;
        this.arguments = arguments;
        this.sheet = sheet;
    }

    /**
     * Does what the words say, and ends the process.
     *
     * @param main the class whose {@code main} was called, to be called again in other processes
     */
    public static void run(Class<?> main, String[] words, Opening opening) {
        PrintStream out = System.out;
        // What a library prints must not be taken for a figure.
        System.setOut(System.err);
        Logger.getLogger("").setLevel(Level.WARNING);
        int code = 0;
        try {
            new Program(main.getName(), opening, Arguments.of(words), new Sheet(out)).go(out);
        } catch (Exception e) {
            e.printStackTrace();
            code = 1;
        }
        out.flush();
        Runtime.getRuntime().halt(code);
    }

    private void go(PrintStream out) throws Exception {
        switch (arguments.text("measure")) {
            case "round" -> onEmpty(this::round);
            case "idle" -> onEmpty(this::idle);
            case "kill" -> onEmpty(new Kill(main, arguments, sheet)::go);
            case "victim" -> victim(out);
            case "heir" -> heir(out);
            default -> throw new IllegalArgumentException("measure=" + arguments.text("measure"));
        }
    }

    private interface Step {
        void go() throws Exception;
    }

    /** With a database that is made for it and removed after it. */
    private void onEmpty(Step step) throws Exception {
        String name = '"' + arguments.text("database").replace("\"", "\"\"") + '"';
        try (var admin = DriverManager.getConnection(Address.given().jdbc());
                var statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
            try {
                step.go();
            } finally {
                statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
            }
        }
    }

    private void round() throws Exception {
        var bodies = Bodies.quiet();
        try (Peer peer = opening.open(arguments.database(), "a", bodies);
                Server server = server()) {
            settings(peer);
            new Round(peer, bodies, server, sheet, arguments).go();
        }
    }

    private void settings(Peer peer) throws SQLException {
        peer.settings().forEach(sheet::setting);
        try (var writing = DriverManager.getConnection(arguments.database())) {
            Server.settings(writing).forEach((name, value) -> sheet.setting("PostgreSQL: " + name, value));
        }
    }

    private Server server() throws SQLException {
        return Server.of(arguments.database(), arguments.process());
    }

    private void idle() throws Exception {
        try (Peer peer = opening.open(arguments.database(), "a", Bodies.quiet());
                Server server = server()) {
            peer.direct().start(Work.NOOP, "first").await();
            rest(SETTLE);
            Server.Counts before = server.counts();
            Duration limit = arguments.seconds("idle");
            rest(limit);
            Server.Counts done = server.counts().since(before);
            double seconds = limit.toMillis() / 1e3;
            sheet.figure("nothing to do", "statements per second", "FRACTION", done.statements() / seconds);
            sheet.figure("nothing to do", "writing transactions per second", "FRACTION", done.writers() / seconds);
        }
    }

    private static void rest(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }

    private void victim(PrintStream out) throws Exception {
        var bodies = Bodies.stuck((run, step) -> say(out, Kill.step(step)));
        try (Peer peer = opening.open(arguments.database(), arguments.text("name"), bodies)) {
            peer.direct().start(Work.STUCK, "stuck").await();
        }
    }

    private void heir(PrintStream out) throws Exception {
        var bodies = Bodies.heard((run, step) -> say(out, Kill.step(step)));
        Peer peer = opening.open(arguments.database(), arguments.text("name"), bodies);
        say(out, Kill.READY);
        // Whoever started us kills us, or is gone.
        awaitTheEnd();
        peer.close();
    }

    private static void awaitTheEnd() throws IOException, InterruptedException {
        if (System.in.read() >= 0) new CountDownLatch(1).await();
    }

    private static void say(PrintStream out, String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }
}
