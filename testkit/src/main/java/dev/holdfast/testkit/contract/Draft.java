package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Snapshot;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A start that is being put together. */
final class Draft {
    private final Lab lab;
    private final String task;
    private Namespace namespace = Namespace.DEFAULT;

    @Nullable
    private String key;

    @Nullable
    private String requestId;

    private String fingerprint = "start";
    private Duration delay = Duration.ZERO;

    @Nullable
    private Duration ttl;

    private Duration ahead = Duration.ZERO;
    private List<String> tags = List.of();
    private String input = "{}";

    @Nullable
    private RunId id;

    private Command.@Nullable Debounce debounce;
    private Run.@Nullable Parent parent;
    private String queue = Defaults.QUEUE;
    private @Nullable Lane lane;

    Draft(Lab lab, String task) {
        this.lab = lab;
        this.task = task;
    }

    Draft in(String name) {
        namespace = new Namespace(name);
        return this;
    }

    Draft key(String name) {
        key = name;
        return this;
    }

    Draft request(String name) {
        requestId = name;
        return this;
    }

    Draft fingerprint(String text) {
        fingerprint = text;
        return this;
    }

    Draft debounce(String name, Duration quiet) {
        debounce = new Command.Debounce(name, quiet);
        return this;
    }

    Draft delay(Duration time) {
        delay = time;
        return this;
    }

    Draft ttl(Duration time) {
        ttl = time;
        return this;
    }

    Draft ahead(Duration time) {
        ahead = time;
        return this;
    }

    Draft tags(String... names) {
        tags = List.of(names);
        return this;
    }

    Draft input(String json) {
        input = json;
        return this;
    }

    Draft parent(Run.Parent of) {
        parent = of;
        return this;
    }

    Draft queue(String name) {
        queue = name;
        return this;
    }

    Draft lane(@Nullable Lane in) {
        lane = in;
        return this;
    }

    Draft id(RunId wanted) {
        id = wanted;
        return this;
    }

    Change change() {
        RunId run = id == null ? RunId.of(lab.ids.next()) : id;
        var now = lab.ledger().now();
        var start = Rules.start(
                new Command.Start(
                        run,
                        new Run.Origin(namespace, task, "1", key, tags, parent),
                        new Run.Policy(Retry.exponential(3), Defaults.GIVE_UP_AFTER, null),
                        queue,
                        lane,
                        new Command.Timing(delay, ttl, ahead, debounce)),
                now);
        var change = lab.ids.next();
        return new Change(
                change,
                run,
                new Expect.Absent(),
                requestId == null ? null : new Request(namespace, requestId, fingerprint, run.toString()),
                List.of(
                        new Write.Row(start.next()),
                        new Write.Snap(Snapshot.of(start.next(), start.cause(), now, change)),
                        new Write.Payload(Write.Payload.Kind.INPUT, input)));
    }

    /** Commits it and demands that it is applied. */
    Run start() {
        Change change = change();
        assertThat(lab.ledger().commit(change)).isEqualTo(Lab.APPLIED);
        return Lab.row(change);
    }
}
