package dev.holdfast.node;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Task;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * A node in a process of its own, to be killed: it says {@code ready}, and {@code did RUN STEP EPOCH MICROS} for each step
 * that it begins, by the machine's monotonic clock.
 */
final class ClusterProgram {
    static final int STEPS = 6;
    static final Task<String, String> WORK = Task.named("work", String.class, String.class);

    private ClusterProgram() {}

    static Handler<String, String> handler(Consumer<String> out) {
        return WORK.handle((ctx, input) -> {
            for (int i = 1; i <= STEPS; i++) {
                int step = i;
                ctx.step("step-" + step, s -> {
                    out.accept("did " + input + " " + step + " " + s.epoch() + " " + System.nanoTime() / 1_000);
                    Thread.sleep(50);
                });
            }
            return input;
        });
    }

    public static void main(String[] arguments) throws InterruptedException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(200));
        var cluster = ClusterOptions.at(arguments[0]).label(arguments[1]).overdue(ClusterOptions.Overdue.HALT);
        var node = Holdfast.cluster(cluster, options, List.of(handler(out::println)));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        out.println("ready");
        Thread.currentThread().join();
    }
}
