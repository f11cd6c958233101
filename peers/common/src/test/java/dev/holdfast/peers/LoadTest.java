package dev.holdfast.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadTest {
    private final Bodies bodies = Bodies.quiet();
    private final AtomicLong numbers = new AtomicLong();

    @Test
    void every_run_is_started_once_and_waited_for() throws Exception {
        var started = ConcurrentHashMap.<String>newKeySet();
        var load = new Load(bodies, numbers);
        var done = load.go(
                (work, run) -> {
                    assertThat(started.add(run)).isTrue();
                    return () -> bodies.noop(run);
                },
                Work.NOOP,
                Load.Shape.busy(10, Duration.ofMillis(100)));

        assertThat(done.runs()).isEqualTo(started.size()).isEqualTo(bodies.endedRuns());
        assertThat(done.perSecond()).isPositive();
        var out = new ByteArrayOutputStream();
        load.write(new Sheet(new PrintStream(out, true, StandardCharsets.UTF_8)), "a \"load\"");
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(8)
                .allMatch(line -> line.startsWith("{\"load\":\"a \\\"load\\\"\",\"name\":"));
    }

    @Test
    void what_a_client_meets_ends_the_load() {
        var load = new Load(bodies, numbers);
        assertThatThrownBy(() -> load.go(
                        (work, run) -> {
                            throw new IllegalStateException("no connection");
                        },
                        Work.NOOP,
                        Load.Shape.busy(3, Duration.ofSeconds(1))))
                .hasMessage("no connection");
    }

    @Test
    void who_says_that_a_run_has_ended_must_have_called_it() {
        var load = new Load(bodies, numbers);
        assertThatThrownBy(() -> load.go((work, run) -> () -> {}, Work.NOOP, Load.Shape.busy(1, Duration.ofSeconds(1))))
                .hasMessageContaining("was never called");
    }

    @Test
    void what_never_came_is_no_number() {
        var out = new ByteArrayOutputStream();
        new Sheet(new PrintStream(out, true, StandardCharsets.UTF_8)).figure("kill", "until", "SECONDS", Double.NaN);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"value\":null");
    }
}
