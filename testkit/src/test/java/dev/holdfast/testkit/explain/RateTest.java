package dev.holdfast.testkit.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.port.QueueChange;
import dev.holdfast.engine.port.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever waits for the rate of its queue is claimed on the dot, also by a node that looks around once an hour. */
final class RateTest {
    private static final Duration PER = Duration.ofSeconds(8);

    private static void rate(Stage stage, @Nullable Rate rate) {
        var what = new QueueChange.OfQueue(null, null, null, new QueueChange.To<>(rate));
        stage.engine().change(Stage.HOME, "paced", what, null);
    }

    private static RunId start(Stage stage) {
        return stage.start("paced", 0, StartRequest.Options.NONE);
    }

    private static List<Duration> begun(Stage stage, Instant since) {
        return stage.runs().stream()
                .map(run -> run.times().started())
                .filter(Objects::nonNull)
                .sorted()
                .map(at -> Duration.between(since, at))
                .toList();
    }

    @Test
    void runsOfAQueueWithARateBeginOnTheDot() {
        for (int seed = 1; seed <= 20; seed++) {
            try (var stage = new Stage(new Random(seed))) {
                rate(stage, new Rate(2, PER));
                stage.settle();
                Instant begin = stage.now();
                for (int i = 0; i < 5; i++) start(stage);
                stage.pass(Duration.ofSeconds(30));
                assertThat(begun(stage, begin))
                        .as("seed %s", seed)
                        .containsExactly(Duration.ZERO, Duration.ZERO, PER, PER, PER.multipliedBy(2));
                assertThat(stage.runs()).allMatch(Run::isFinished);
            }
        }
    }

    @Test
    void oneThatComesWhileTheRateIsUsedUpBeginsOnTheDotToo() {
        for (int seed = 1; seed <= 20; seed++) {
            try (var stage = new Stage(new Random(seed))) {
                rate(stage, new Rate(1, PER));
                stage.settle();
                Instant begin = stage.now();
                start(stage);
                stage.pass(Duration.ofSeconds(5));
                RunId second = start(stage);
                stage.settle();
                var why = stage.explain(second);
                assertThat(why.code()).isEqualTo("rate_limited");
                assertThat(why.next()).isEqualTo(begin.plus(PER));
                assertThat(why.sentence())
                        .startsWith("Queue 'paced' has a rate of 1 per 8 s, and so many of its runs were claimed");
                stage.pass(Duration.ofSeconds(4));
                assertThat(begun(stage, begin)).as("seed %s", seed).containsExactly(Duration.ZERO, PER);
            }
        }
    }

    @Test
    void anotherRateCountsAtOnce() {
        for (int seed = 1; seed <= 20; seed++) {
            try (var stage = new Stage(new Random(seed))) {
                rate(stage, new Rate(1, Duration.ofHours(1)));
                stage.settle();
                Instant begin = stage.now();
                for (int i = 0; i < 4; i++) start(stage);
                stage.pass(Duration.ofSeconds(3));
                rate(stage, new Rate(1, PER));
                stage.pass(Duration.ofSeconds(10));
                rate(stage, null);
                stage.settle();
                var last = Duration.ofSeconds(13);
                assertThat(begun(stage, begin)).as("seed %s", seed).containsExactly(Duration.ZERO, PER, last, last);
            }
        }
    }

    @Test
    void ratesThatCannotBeAreRefused() {
        try (var stage = new Stage(new Random(1))) {
            var bad = new ArrayList<Rate>();
            bad.add(new Rate(0, PER));
            bad.add(new Rate(10_001, PER));
            bad.add(new Rate(1, Duration.ZERO));
            bad.add(new Rate(1, Duration.ofNanos(1_500_000)));
            bad.add(new Rate(1, Duration.ofDays(1).plusMillis(1)));
            for (Rate rate : bad) {
                assertThatThrownBy(() -> rate(stage, rate))
                        .isInstanceOfSatisfying(
                                Refused.class, e -> assertThat(e.code()).isEqualTo("limit_invalid"));
            }
            rate(stage, new Rate(10_000, Duration.ofDays(1)));
            rate(stage, new Rate(1, Duration.ofMillis(1)));
        }
    }
}
