package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int bench(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void a_wrong_name_is_told_with_the_right_ones() {
        assertThat(bench("nop")).isEqualTo(2);
        assertThat(err.toString())
                .contains("nothing that can be measured is called 'nop'")
                .contains("noop, latency, steps, fanout, sleepers, retention, kill");
    }

    @Test
    void a_node_has_at_least_one_slot() {
        assertThat(bench("noop", "--slots", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--slots must be at least 1, is 0");
    }

    @Test
    void a_peer_that_is_not_there_is_told_with_those_that_are() {
        assertThat(bench("peers", "quartz")).isEqualTo(2);
        assertThat(err.toString())
                .contains("no peer is called 'quartz'; there are holdfast, dbos, db-scheduler, jobrunr");
    }

    @Test
    void its_help_names_what_can_be_measured() {
        assertThat(bench("--help")).isEqualTo(0);
        assertThat(Bench.ALL).allSatisfy(m -> assertThat(out.toString()).contains("  " + m.name() + " "));
    }
}
