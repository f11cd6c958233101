package dev.holdfast.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Retry;
import dev.holdfast.core.Rules;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunRowTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void thereIsAValueForEachColumn() {
        Run run = run();

        assertThat(RunRow.fixed(run, Texts.policy(run.policy()))).hasSameSizeAs(RunRow.FIXED);
        assertThat(RunRow.changing(run, NOW, Run.Slot.OWN)).hasSameSizeAs(RunRow.CHANGING);
    }

    @Test
    void noColumnIsNamedTwice() {
        var names = new LinkedHashSet<>(RunRow.FIXED);
        names.addAll(RunRow.CHANGING);

        assertThat(names).hasSize(RunRow.FIXED.size() + RunRow.CHANGING.size());
        assertThat(names).containsAll(List.of(RunRow.COLUMNS.split(", ")));
    }

    private static Run run() {
        var origin = new Run.Origin(Namespace.DEFAULT, "t", "1", "key", List.of("tag"), null);
        var policy = new Run.Policy(Retry.exponential(3), Defaults.GIVE_UP_AFTER, null);
        var lane = new Lane("lane", Lane.Kind.SERIAL);
        return Rules.start(new Command.Start(RunId.MIN, origin, policy, Defaults.QUEUE, lane, Command.Timing.NOW), NOW)
                .next();
    }
}
