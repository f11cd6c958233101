package dev.holdfast.server;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Task;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A node with a server, in a process of its own. It is told what to do by lines, and answers each by one: {@code flood} and
 * {@code ticks} start a run and answer its id; {@code heap} answers the bytes in use after a collection.
 */
final class SlowWatchersProgram {
    static final Duration PATIENCE = Duration.ofSeconds(3);
    static final int CHUNKS = 200;
    static final int SIZE = 50_000;
    static final int TICKS = 400;
    static final Duration EVERY = Duration.ofMillis(50);

    private static final Task<String, String> FLOOD = Task.named("flood", String.class, String.class);
    private static final Task<String, String> TICKING = Task.named("ticks", String.class, String.class);

    private SlowWatchersProgram() {}

    /** The data folder. */
    public static void main(String[] arguments) throws Exception {
        var options = new ServerOptions(
                "127.0.0.1",
                0,
                null,
                Origins.NONE,
                Duration.ofSeconds(1),
                PATIENCE,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1));
        try (var server = Server.open(options);
                var holdfast = Holdfast.open(
                        Path.of(arguments[0]),
                        FLOOD.handle(SlowWatchersProgram::flood),
                        TICKING.handle(SlowWatchersProgram::tick));
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            server.serve(holdfast);
            System.out.println(server.url());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line.equals("heap") ? heap() : start(holdfast, line));
            }
        }
    }

    private static String start(Holdfast holdfast, String task) {
        var request = new StartRequest(
                Namespace.DEFAULT, task, "\"x\"", StartRequest.Identity.NONE, StartRequest.Options.NONE);
        return holdfast.runs().start(request).id().toString();
    }

    private static String heap() {
        System.gc();
        return Long.toString(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    private static String flood(Context ctx, String input) {
        String filling = "x".repeat(SIZE);
        return ctx.step("flood", String.class, scope -> {
            for (int i = 1; i <= CHUNKS; i++) scope.send(i + " " + filling);
            return input;
        });
    }

    /** Each chunk is the time at which it was sent, on the clock that all processes of a machine share. */
    private static String tick(Context ctx, String input) {
        return ctx.step("tick", String.class, scope -> {
            for (int i = 0; i < TICKS; i++) {
                scope.send(System.nanoTime());
                Thread.sleep(EVERY);
            }
            return input;
        });
    }
}
