package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.StoredSchedule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked, so that it is recognised when it is asked again with the same request id. It is known before anything is
 * looked at: a repetition is answered whatever has become of the run, or of the code.
 *
 * <p>What is not set is not named. So a version that can be asked for more recognises what an older one was asked, and a
 * client that tries again during a deploy gets its answer.
 */
final class Asked {
    private final String verb;
    private final StringBuilder text = new StringBuilder();

    Asked(String verb) {
        this.verb = verb;
    }

    static Asked start(StartRequest wish) {
        return new Asked("start").with("", wish);
    }

    static Asked batch(List<StartRequest> wishes) {
        var asked = new Asked("batch");
        for (StartRequest wish : wishes) asked.with("run", wish);
        return asked;
    }

    /** @param from as it was named */
    static Asked rerun(RunId old, @Nullable String from) {
        return new Asked("rerun").with("of", old).with("from", from);
    }

    static Asked schedule(String name, StoredSchedule.Definition definition) {
        return new Asked("schedule")
                .with("name", name)
                .with("cron", definition.cron())
                .with("zone", definition.zone())
                .with("missed", definition.missed())
                .with("task", definition.task())
                .with("input", definition.input())
                .with("lane", definition.lane())
                .with("ttl", definition.ttl());
    }

    static Asked queue(String queue, QueueChange.What what) {
        var asked = new Asked("queue").with("name", queue);
        return switch (what) {
            case QueueChange.OfLane of -> asked.with("lane", of.lane()).with("pause", of.isPaused());
            case QueueChange.OfQueue of ->
                asked.with("pause", of.isPaused())
                        .with("concurrency", of.concurrency())
                        .with("laneConcurrency", of.laneConcurrency())
                        .with("rate", of.rate());
        };
    }

    private Asked with(String which, StartRequest wish) {
        var options = wish.options();
        var timing = options.timing();
        var debounce = timing.debounce();
        with(which, wish.task());
        with("input", wish.input());
        with("key", wish.identity().key());
        with("delay", set(timing.delay()));
        with("ttl", timing.ttl());
        with("ahead", set(timing.ahead()));
        with("debounce", debounce == null ? null : debounce.key());
        with("quiet", debounce == null ? null : debounce.quiet());
        with("maxDuration", options.maxDuration());
        for (String tag : options.tags()) with("tag", tag);
        return with("lane", options.lane());
    }

    private static @Nullable Duration set(Duration duration) {
        return duration.isZero() ? null : duration;
    }

    /** The limit that is taken away is something else than the one that is not named. */
    private Asked with(String name, QueueChange.@Nullable To<?> to) {
        if (to == null) return this;
        Object limit = to.limit();
        return with(name, limit == null ? "none" : limit.toString());
    }

    /** @param value null if it is not set; its length stands before it, so that no two requests are one text */
    Asked with(String name, @Nullable Object value) {
        if (value == null) return this;
        String shown = value.toString();
        text.append(name)
                .append('=')
                .append(shown.length())
                .append(':')
                .append(shown)
                .append('\n');
        return this;
    }

    /**
     * The request; null if it has no id.
     *
     * @param answer what is answered to a repetition
     * @throws dev.holdfast.core.Refused if the id is no name
     */
    @Nullable
    Request by(Namespace namespace, @Nullable String requestId, String answer) {
        if (requestId == null) return null;
        Starts.name("request id", requestId);
        return new Request(namespace, requestId, fingerprint(), answer);
    }

    /** {@link Receipt.Repeated} if it was asked before, {@link Receipt.Rejected} if something else was. */
    static Receipt before(Ports ports, @Nullable Request request) {
        if (request == null) return new Receipt.Stale();
        var nobody = RunId.of(ports.ids().next());
        return ports.ledger().commit(new Change(ports.ids().next(), nobody, new Expect.Alive(), request, List.of()));
    }

    private String fingerprint() {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return verb + ":" + HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
