package dev.holdfast.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunFailed;
import dev.holdfast.node.Holdfast;
import dev.holdfast.sdk.RunHandle;
import dev.holdfast.sdk.Task;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Whole runs of the tasks that wait, on a real engine. */
@Timeout(60)
class WaitsTest {
    @TempDir
    Path folder;

    private Holdfast holdfast;

    @BeforeEach
    void open() {
        holdfast = Holdfast.open(folder, Approval.handler(), Fanout.handler(), Fanout.part(), Sleeper.handler());
    }

    @AfterEach
    void close() {
        holdfast.close();
    }

    @Test
    void what_is_approved_is_done() throws Exception {
        var run = holdfast.start(Approval.TASK, new Approval.Input("the prices", null));
        run.signal(Approval.APPROVED, true);

        assertThat(run.join()).isEqualTo("done: the prices");
        assertThat(text(run)).contains("holdfast signal " + run.id() + " approved true", "done: the prices");
    }

    @Test
    void what_is_refused_fails_once() throws Exception {
        var run = holdfast.start(Approval.TASK, new Approval.Input("the prices", null));
        run.signal(Approval.APPROVED, false);

        assertThatThrownBy(run::join).isInstanceOf(RunFailed.class).hasMessageContaining("'the prices' was refused");
        assertThat(run.show().attempt()).isEqualTo(1);
    }

    @Test
    void what_nobody_approves_in_time_fails_once() {
        var run = holdfast.start(Approval.TASK, new Approval.Input("the prices", Duration.ofMillis(200)));

        assertThatThrownBy(run::join).isInstanceOf(RunFailed.class).hasMessageContaining("within PT0.2S");
        assertThat(run.show().attempt()).isEqualTo(1);
    }

    @Test
    void what_the_children_return_is_added_up() throws Exception {
        var run = holdfast.start(Fanout.TASK, new Fanout.Input(4));

        assertThat(run.join()).isEqualTo(new Fanout.Result(4, 100));
        assertThat(text(run)).contains("part 4 of 4 is on its way", "all parts are back: 100");
    }

    @Test
    void a_sleeper_says_how_long_it_slept() throws Exception {
        var run = holdfast.start(Sleeper.TASK, new Sleeper.Input(1));

        Duration slept = run.join().slept();
        assertThat(slept).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(text(run)).isEqualTo("sleeps for 1 s\nslept " + slept.toMillis() + " ms\n");
    }

    @Test
    void what_cannot_be_meant_is_not_started() {
        refused("approval", "{}", "what is missing");
        refused("approval", "{\"what\":\"x\",\"timeout\":\"-PT1S\"}", "timeout cannot be negative");
        refused("fanout", "{\"children\":0}", "from 1 to 1000");
        refused("sleeper", "{\"seconds\":-1}", "seconds cannot be negative");
    }

    private void refused(String task, String input, String why) {
        var any = Task.named(task, Object.class, Object.class);
        assertThatThrownBy(() -> holdfast.start(any, JsonMapper.shared().readValue(input, Object.class)))
                .as(input)
                .isInstanceOf(Refused.class)
                .hasMessageContaining(why);
    }

    private static String text(RunHandle<?> run) {
        try (var stream = run.stream()) {
            stream.forEach(piece -> {});
            return stream.text();
        }
    }
}
