package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.JavaCommand;
import dev.holdfast.localnats.NeedsNats;
import dev.holdfast.testkit.ProcessTest;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The drill of streams: it says HELD of the product, and VIOLATED of the product without one of its guards. */
@ProcessTest
class StreamDrillTest {
    private static final String MAIN = "dev.holdfast.cli.Main";

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void in_short_it_holds() throws Exception {
        JsonNode report = stage.cli()
                .run("drill", "stream-takeover", "--quick", "--json")
                .code(0)
                .json();

        assertThat(report.path("verdict").asString()).isEqualTo("HELD");
        assertThat(report.at("/figures/texts")).hasSize(6);
        assertThat(report.at("/figures/texts/STEPS/kept").asInt()).isEqualTo(2 * 40);
        assertThat(report.at("/figures/texts")
                        .valueStream()
                        .mapToLong(t -> t.path("voided").asLong())
                        .sum())
                .isPositive();
    }

    /** What stores the streams is broken, too: the server that leads, then all of them. */
    @Test
    @NeedsNats
    void in_short_it_holds_on_nats() throws Exception {
        JsonNode report = stage.cli()
                .run("drill", "stream-takeover", "--quick", "--rounds", "2", "--nats", "--json")
                .code(0)
                .json();

        assertThat(report.path("verdict").asString()).isEqualTo("HELD");
        assertThat(report.at("/figures/resumed/NATS down/p50").asLong())
                .as("in microseconds, until somebody sees what was sent while NATS was away")
                .isGreaterThan(1_000_000);
    }

    @ParameterizedTest
    @MethodSource("sabotages")
    void without_a_guard_it_says_violated(Sabotage sabotage, String finding) throws Exception {
        var command = List.of("drill", "stream-takeover", "--rounds", "2", "--seed", "7", "--json");

        DrillTest.violated(
                DrillTest.drill(
                        stage,
                        JavaCommand.on(sabotage.classPath(stage.folder()), MAIN, command.toArray(String[]::new))),
                finding);
    }

    /** What is taken out, and what the drill must find then. */
    static List<Arguments> sabotages() {
        var drop = new Sabotage(
                "core/src/main/java/dev/holdfast/core/stream/Standing.java",
                "if (!standing.stands(source, epoch)) drop.add(source);",
                "if (standing.stands(source, epoch) && !standing.stands(source, epoch)) drop.add(source);");
        var muted = new Sabotage(
                "engine/src/main/java/dev/holdfast/engine/LocalAttempt.java",
                "dev.holdfast.core.stream.Standing.of(steps).through()",
                "0");
        return List.of(
                Arguments.of(
                        Named.of("what does not stand is taken back", drop),
                        "does not end with each line once and in order"),
                Arguments.of(
                        Named.of("a replay does not send again what stands", muted),
                        "does not end with each line once and in order"));
    }
}
