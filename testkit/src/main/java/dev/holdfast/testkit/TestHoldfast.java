package dev.holdfast.testkit;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.client.LocalClient;
import dev.holdfast.sdk.Client;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Schedule;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holdfast for tests: the real engine and your real handlers, on a ledger in memory and a clock that the test turns. There
 * is no process, no port and no waiting, and a test does the same each time.
 *
 * <pre>{@code
 * try (var holdfast = TestHoldfast.host(CHECKOUT.handle(Shop::checkout))) {
 *     holdfast.crashAfter(write -> "charge".equals(write.step()));   // the engine dies there, and boots again
 *     var run = holdfast.start(CHECKOUT, order, Start.now().delay(Duration.ofDays(3)));
 *     holdfast.advance(Duration.ofDays(3));                          // everything due on the way happens, in order
 *     assertThat(run.join()).isEqualTo(receipt);                     // charged once
 * }
 * }</pre>
 *
 * <p><b>Who runs when.</b> The thread that made it has the turn; the engine and the bodies of tasks only run while it is
 * in a method of this class or of one of its handles. Time only passes in {@link #advance}, in {@code join} and while a
 * stream is read, and only when nothing can happen without it. Everything must be called from that thread; a body that
 * starts threads of its own must not let them call its Context or its Scope. A body that sleeps or calls a service does
 * so in real time, and everybody waits for it.
 *
 * <p><b>join</b> lets time pass by itself, from one due thing to the next, until the run has ended. If nothing can ever
 * happen any more it fails and says why the run does not progress. {@code join(limit)} lets at most so much time pass.
 *
 * <p><b>Crashes.</b> When the engine dies, no {@code finally} runs, and it boots again on the same disk at once. A request
 * that it dies in throws {@link Unavailable} as over a network: it may have been done. Repeat it with its request id.
 */
public final class TestHoldfast implements Client {
    private final TestNode node;
    private final LocalClient client;

    private TestHoldfast(TestNode node) {
        this.node = node;
        this.client = new LocalClient(new TestRuns(node), node.outside(), Namespace.DEFAULT);
    }

    /**
     * A change that was made durable.
     *
     * @param run whose
     * @param seq of its newest snapshot; for {@code chunk} the number of the newest entry of its stream
     * @param kind {@code start}, {@code claim}, {@code step} (a result was recorded), {@code try} (a try of a step failed
     *     and another one is to come), {@code message}, {@code chunk}, {@code delete}; otherwise the state that the run
     *     got, {@code queued}, {@code stopping}, {@code finished}
     * @param step its name, if the kind is {@code step} or {@code try}; null otherwise
     */
    public record Write(
            RunId run, long seq, String kind, @Nullable String step) {}

    /**
     * Boots an engine with these handlers on an empty disk, at 2026-01-01T00:00:00Z.
     *
     * @throws Refused {@code task_twice}
     */
    public static TestHoldfast host(Hosted... hosted) {
        return new TestHoldfast(TestNode.boot(List.of(hosted)));
    }

    /** What time it is. */
    public Instant now() {
        return node.now();
    }

    /** Lets time pass. Whatever becomes due on the way happens then, in order; at the end it is as after {@link #settle}. */
    public void advance(Duration time) {
        node.advance(time);
    }

    /** Lets everything happen that can happen without time passing. */
    public void settle() {
        node.settle();
    }

    /** The engine dies after the first write like this, before anybody is told that it was made, and boots again. */
    public void crashAfter(Predicate<Write> when) {
        node.crashAfter(when);
    }

    /** From now on nobody is told that there is something new: the engine finds it when it looks, once a second. */
    public void loseHints() {
        node.loseHints();
    }

    /**
     * Writes a run down as {@code GET /v1/runs/ID} serves it, for {@link #replays}.
     *
     * @param folder where its file is made, {@code ID.json}
     */
    public void record(RunId run, Path folder) {
        Recorded.write(node.ask("look", runs -> runs.show(Namespace.DEFAULT, run)), folder);
    }

    /**
     * Whether code would replay runs that were recorded with earlier code: call it before a deployment. Each recorded run
     * of the code's task is replayed up to the first step that is not recorded. The body of no step is executed.
     *
     * @param recorded a folder of files as {@code GET /v1/runs/ID} serves them; see {@link #record}
     * @return how many runs were replayed
     * @throws AssertionError that names every run that would not replay: at which key, what is recorded there, and what
     *     the code called instead; or if the folder has no run of this task
     */
    public static int replays(Handler<?, ?> code, Path recorded) {
        return Replay.all(code, recorded);
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(Task<I, O> task, I input) {
        return new TestRun<>(node, client.start(task, input));
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> RunHandle<O> start(
            Task<I, O> task, I input, Start start) {
        return new TestRun<>(node, client.start(task, input, start));
    }

    @Override
    public <I extends @Nullable Object, O extends @Nullable Object> List<RunHandle<O>> startAll(
            Task<I, O> task, Collection<? extends I> inputs, Start start) {
        return client.startAll(task, inputs, start).stream()
                .<RunHandle<O>>map(run -> new TestRun<>(node, run))
                .toList();
    }

    @Override
    public void schedule(Schedule schedule) {
        client.schedule(schedule);
    }

    @Override
    public void unschedule(String name) {
        client.unschedule(name);
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Class<O> type) {
        return new TestRun<>(node, client.run(id, type));
    }

    @Override
    public <O extends @Nullable Object> RunHandle<O> run(RunId id, Task<?, O> task) {
        return new TestRun<>(node, client.run(id, task));
    }

    @Override
    public <T extends @Nullable Object> void complete(String token, T value, @Nullable String requestId) {
        client.complete(token, value, requestId);
    }

    /** The engine dies, and nothing is left of it. Bodies that still wait are thrown out of the call that they are in. */
    @Override
    public void close() {
        node.close();
    }
}
