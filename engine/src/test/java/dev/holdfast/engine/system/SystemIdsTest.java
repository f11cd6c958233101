package dev.holdfast.engine.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ids agree with times: their own, or those that they are given. */
final class SystemIdsTest {
    @Test
    void idsOfATimeAreOfThatTimeAndGrowWithinIt() {
        var ids = new SystemIds();
        var all = new ArrayList<RunId>();
        for (Instant time : List.of(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2020-01-01T00:00:00.001Z"))) {
            for (int i = 0; i < 100; i++) {
                RunId id = RunId.of(ids.at(time));
                assertThat(id).isBetween(RunId.firstOf(time), RunId.firstOf(time.plusMillis(1)));
                all.add(id);
                // Whatever else is made meanwhile.
                ids.next();
            }
        }
        assertThat(all).isSorted().doesNotHaveDuplicates();
    }
}
