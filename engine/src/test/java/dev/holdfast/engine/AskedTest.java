package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Namespace;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Rate;
import dev.holdfast.engine.port.Request;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a repetition is recognised by. */
class AskedTest {
    private static String of(Asked asked) {
        Request request = asked.by(Namespace.DEFAULT, "once", "");
        return request == null ? "" : request.fingerprint();
    }

    private static StartRequest start(@Nullable String key, StartRequest.Options options) {
        return new StartRequest(Namespace.DEFAULT, "t", "1", new StartRequest.Identity(key, "once"), options);
    }

    private static StartRequest.Options tagged(String... tags) {
        return new StartRequest.Options(Command.Timing.NOW, null, List.of(tags));
    }

    /** A client tries again while a deploy goes on: what the text is made of must never change, only be added to. */
    @Test
    void what_was_asked_of_one_version_is_recognised_by_the_next() {
        assertThat(of(Asked.start(start("k", tagged("a"))))).isEqualTo("start:f0acc0914a12f46920658f5b8321a577");
        assertThat(of(Asked.queue("q", new QueueChange.OfQueue(true, null, null, null))))
                .isEqualTo("queue:267aa0d733f33d5a49a4f825fc8cefc4");
    }

    @Test
    void no_two_requests_are_one() {
        var timing = new Command.Timing(Duration.ofSeconds(1), null, Duration.ZERO);
        assertThat(List.of(
                        of(Asked.start(start(null, StartRequest.Options.NONE))),
                        of(Asked.start(start("k", StartRequest.Options.NONE))),
                        of(Asked.start(start(null, tagged("a", "b")))),
                        of(Asked.start(start(null, tagged("a\ntag=1:b")))),
                        of(Asked.start(start(null, new StartRequest.Options(timing, null, List.of())))),
                        of(Asked.batch(List.of(start(null, StartRequest.Options.NONE)))),
                        of(Asked.queue("q", new QueueChange.OfQueue(null, null, null, null))),
                        of(Asked.queue("q", new QueueChange.OfQueue(null, new QueueChange.To<>(null), null, null))),
                        of(Asked.queue("q", new QueueChange.OfQueue(null, null, new QueueChange.To<>(null), null))),
                        of(Asked.queue("q", new QueueChange.OfQueue(null, new QueueChange.To<>(5), null, null))),
                        of(Asked.queue(
                                "q",
                                new QueueChange.OfQueue(
                                        null, null, null, new QueueChange.To<>(new Rate(5, Duration.ofSeconds(1)))))),
                        of(Asked.queue("q", QueueChange.pause("l"))),
                        of(Asked.queue("q", QueueChange.resume("l")))))
                .doesNotHaveDuplicates();
    }
}
