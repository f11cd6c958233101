package dev.holdfast.node;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A node in a process of its own, to be frozen. It says {@code inside EPOCH} when a step begins, which waits in the first epoch
 * until the file that is the input is gone; the result of the run is who has done it. The one that is called {@code stubborn} stops
 * nothing when it is cut off; when it is dead and its code has left it says {@code refused CHANGES}, and joins again.
 */
final class FrozenProgram {
    static final Task<String, String> WAITS = Task.named("waits", String.class, String.class);

    private FrozenProgram() {}

    static Handler<String, String> handler(String node, Consumer<String> out) {
        return WAITS.handle((ctx, input) -> ctx.step("waits", String.class, step -> {
            out.accept("inside " + step.epoch());
            while (step.epoch() == 1 && Files.exists(Path.of(input))) Thread.sleep(5);
            return node;
        }));
    }

    public static void main(String[] arguments) throws InterruptedException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var engine = EngineOptions.defaults().slots(50);
        if (arguments[1].equals("stubborn")) {
            var first = new Stubborn(arguments[0], arguments[1], engine, List.of(handler(arguments[1], out::println)));
            out.println("ready");
            out.println("refused " + first.awaitEnd());
            first.close();
        }
        var options = NodeOptions.defaults().engine(engine);
        var cluster = ClusterOptions.at(arguments[0]).label(arguments[1]).overdue(ClusterOptions.Overdue.WAIT);
        Holdfast.cluster(cluster, options, List.of(handler(arguments[1], out::println)));
        out.println("ready");
        Thread.currentThread().join();
    }
}
