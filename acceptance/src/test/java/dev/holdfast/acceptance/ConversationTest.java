package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.drills.ServerProcess;
import dev.holdfast.testkit.ProcessTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** One turn of a thread is live at a time, and they come in their order: through kills, retries and waits. */
@ProcessTest
class ConversationTest {
    private static final int TURNS = 10;
    private static final int KILLS = 5;

    @RegisterExtension
    final Stage stage = new Stage();

    @Test
    void ten_turns_through_five_kills() throws Exception {
        ServerProcess server = stage.host(Host.Edition.FIRST);
        List<String> turns = new ArrayList<>();
        for (int i = 1; i <= TURNS; i++) {
            turns.add(stage.api().start("talk", "{\"thread\":\"t\",\"number\":" + i + "}"));
        }
        // Somebody else's conversation, which nobody waits for.
        String other = stage.api().start("talk", "{\"thread\":\"other\",\"number\":1}");
        for (int kill = 1; kill <= KILLS; kill++) {
            String live = turns.get(kill * 2 - 1);
            stage.api().awaitRun(live, "has begun", r -> !r.path("startedAt").isNull());
            server.kill();
            server = stage.host(Host.Edition.FIRST);
        }
        Instant before = Instant.EPOCH;
        for (int i = 1; i <= TURNS; i++) {
            JsonNode turn = stage.api().awaitEnd(turns.get(i - 1));
            assertThat(turn.path("outcome").asString()).isEqualTo("SUCCEEDED");
            assertThat(Instant.parse(turn.path("startedAt").asString()))
                    .as("the beginning of turn %d", i)
                    .isAfterOrEqualTo(before);
            before = Instant.parse(turn.path("finishedAt").asString());
            assertThat(Frames.now("late", stage.api(), turns.get(i - 1)).text()).endsWith(Talk.text(i));
        }
        JsonNode aside = stage.api().awaitEnd(other);
        assertThat(Instant.parse(aside.path("finishedAt").asString())).isBefore(before);
    }
}
