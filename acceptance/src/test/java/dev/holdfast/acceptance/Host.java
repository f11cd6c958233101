package dev.holdfast.acceptance;

import dev.holdfast.core.Retry;
import dev.holdfast.node.ClusterOptions;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.NodeOptions;
import dev.holdfast.sdk.Context;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Task;
import dev.holdfast.server.Server;
import dev.holdfast.server.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A process that hosts tasks of the tests' own, in two editions of their code. */
final class Host {
    /** Which edition of the code. */
    enum Edition {
        FIRST,
        /** The second step of {@code checkout} has another name; {@code whisper} takes its time. */
        RENAMED
    }

    private static final Duration LONG = Duration.ofMinutes(5);

    private Host() {}

    /** Data folder or database, port, edition. Prints {@code ready http://…} when it serves. */
    public static void main(String[] arguments) throws InterruptedException {
        Server server = Server.open(ServerOptions.onPort(Integer.parseInt(arguments[1])));
        server.serve(node(arguments[0], tasks(Edition.valueOf(arguments[2]))));
        System.out.println("ready " + server.url());
        new CountDownLatch(1).await();
    }

    private static Holdfast node(String place, List<Hosted> tasks) {
        return place.startsWith("postgresql:")
                ? Holdfast.cluster(ClusterOptions.at(place), NodeOptions.defaults(), tasks)
                : Holdfast.open(Path.of(place), NodeOptions.defaults(), tasks);
    }

    /** What a whole letter of so many paragraphs says, whatever happened while it was written. */
    static String letter(int paragraphs) {
        var text = new StringBuilder();
        for (int i = 1; i <= paragraphs; i++) {
            text.append("between, before ").append(i).append('\n');
            text.append("paragraph ").append(i).append(" (epoch) begins, ");
            text.append("goes on, ");
            text.append("over\n");
        }
        return text.append("the end\n").toString();
    }

    static List<Hosted> tasks(Edition edition) {
        return List.of(
                Handler.of(Task.named("noop", Object.class, Void.class), (ctx, input) -> {}),
                Task.named("checkout", Object.class, String.class).handle((ctx, input) -> checkout(ctx, edition)),
                Handler.of(Task.named("letter", Integer.class, Void.class), Host::letter),
                Handler.of(Task.named("whisper", Object.class, Void.class), (ctx, input) -> whisper(ctx, edition)),
                Weave.TASK.handle(Weave::run),
                Talk.TASK.handle(Talk::answer),
                Handler.of(Task.named("stubborn", Integer.class, Void.class), Host::stubborn),
                Handler.of(
                        Task.named("patient", Object.class, Void.class).retry(Retry.fixed(3, LONG)), (ctx, input) -> {
                            throw new IllegalStateException("not this time");
                        }));
    }

    private static String checkout(Context ctx, Edition edition) {
        ctx.step("charge", s -> {});
        ctx.step(edition == Edition.FIRST ? "ship" : "dispatch", s -> {});
        if (edition == Edition.FIRST) {
            ctx.step("wait", s -> {
                if (s.epoch() == 1) Thread.sleep(LONG);
            });
        }
        return "done";
    }

    private static void letter(Context ctx, @Nullable Integer paragraphs) {
        for (int i = 1; i <= (paragraphs == null ? 0 : paragraphs); i++) {
            int number = i;
            ctx.send("between, before " + number + "\n");
            ctx.step("paragraph", s -> {
                s.send("paragraph " + number + " (epoch " + s.epoch() + ") begins, ");
                Thread.sleep(200);
                s.send("goes on, ");
                Thread.sleep(200);
                s.send("over\n");
            });
        }
        ctx.send("the end\n");
    }

    private static void whisper(Context ctx, Edition edition) {
        ctx.send("before\n");
        ctx.step("whisper", s -> {
            if (s.epoch() == 1) s.send("half a sent");
            if (s.epoch() == 1 || edition == Edition.RENAMED) Thread.sleep(LONG);
        });
    }

    private static void stubborn(Context ctx, @Nullable Integer millis) {
        ctx.step("begin", s -> {});
        ctx.step("busy", s -> {
            long end = System.nanoTime()
                    + Duration.ofMillis(millis == null ? 0 : millis).toNanos();
            while (System.nanoTime() < end) Thread.onSpinWait();
        });
    }
}
