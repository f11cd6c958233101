package dev.holdfast.bench;

import dev.holdfast.core.Namespace;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Step;
import dev.holdfast.sdk.Task;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A node with its API, in a process of its own, that hosts runs which send what time it is. It is told what to do by lines,
 * and answers each by one:
 *
 * <pre>
 * start COUNT CHUNKS EVERY   starts runs, each of which sends so many chunks, one every so many microseconds: their ids
 * heap                       how many bytes are in use after a collection
 * </pre>
 */
public final class StreamNode {
    /** @param everyMicros 0 for as quickly as they are taken */
    record Pulses(int chunks, long everyMicros) {}

    private static final Task<Pulses, Integer> PULSES = Task.named("pulses", Pulses.class, Integer.class);
    /** All runs of the largest load execute on one node, if it gets them all. */
    private static final int SLOTS = 1_200;

    private StreamNode() {}

    /** The name of the log and where it is. */
    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        var log = StreamStore.named(arguments[0]);
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(SLOTS));
        var hosted = List.of(PULSES.handle((ctx, pulses) -> ctx.step("send", Integer.class, s -> send(s, pulses))));
        try (var server = Server.open(ServerOptions.onPort(0));
                var holdfast = log.open(arguments[1], options, hosted);
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            server.serve(holdfast);
            say(server.url().toString());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                say(words[0].equals("heap") ? Long.toString(heap()) : start(holdfast, words));
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static int send(Step.Scope scope, Pulses pulses) {
        long every = pulses.everyMicros() * 1_000;
        // Not all runs at the same moment.
        long next = System.nanoTime()
                + (every == 0 ? 0 : ThreadLocalRandom.current().nextLong(every));
        for (int i = 0; i < pulses.chunks(); i++) {
            for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            scope.send(System.nanoTime());
            next += every;
        }
        return pulses.chunks();
    }

    private static String start(Holdfast holdfast, String[] words) {
        String input = "{\"chunks\":%s,\"everyMicros\":%s}".formatted(words[2], words[3]);
        var request = new StartRequest(
                Namespace.DEFAULT, PULSES.name(), input, StartRequest.Identity.NONE, StartRequest.Options.NONE);
        var started = holdfast.runs().startAll(Collections.nCopies(Integer.parseInt(words[1]), request), null);
        return String.join(" ", started.stream().map(run -> run.id().toString()).toList());
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
