package dev.holdfast.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.Frame;
import dev.holdfast.engine.port.SnapshotWindow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {
    private static final long LATER = 2 + SnapshotWindow.MOST;

    private final List<Frame> frames = new ArrayList<>();

    @Test
    void eachEpochBeginsWithItsStatus() {
        tell("status", 1, 0);
        tell("chunk", 1, 1);
        tell("status", 2, 1);
        tell("done", 2, 1);

        assertThat(wrong(false)).containsExactly("was told a chunk of epoch 1 in epoch 0");
        assertThat(wrong(true)).hasSize(1);
    }

    @Test
    void whatIsSentInAnEpochThatTheWindowHasLeftOutComesBeforeIt() {
        tell("chunk", 0, 1);
        tell("status", 3, 2);
        tell("done", LATER, 9);

        assertThat(wrong(false)).isEmpty();
    }

    @Test
    void anEpochOfWhichThereIsAStatusIsNotLeftOut() {
        tell("chunk", 0, 2);
        tell("status", 3, 2);
        tell("done", LATER, 9);

        assertThat(wrong(false)).containsExactly("was told a chunk of epoch 2 in epoch 0");
    }

    @Test
    void whereNoWindowIsTooSmallNothingIsLeftOut() {
        tell("chunk", 0, 1);
        tell("status", 3, 2);
        tell("done", LATER - 1, 9);

        assertThat(wrong(false)).containsExactly("was told status 3 after 0");
    }

    @Test
    void anOlderEpochDoesNotFollowANewerOne() {
        tell("chunk", 0, 2);
        tell("chunk", 0, 1);
        tell("status", 3, 3);
        tell("done", LATER, 9);

        assertThat(wrong(false)).containsExactly("was told a chunk of epoch 1 in epoch 0");
        assertThat(wrong(true)).as("by whoever has lost the run").isEmpty();
    }

    @Test
    void whatNoStatusFollowsIsNotExcused() {
        tell("status", 1, 0);
        tell("chunk", 1, 1);
        tell("done", 1, 0);

        assertThat(wrong(true)).containsExactly("was told a chunk of epoch 1 in epoch 0");
    }

    private void tell(String event, long seq, long epoch) {
        frames.add(new Frame(event, "run." + frames.size() + "." + seq, epoch, null, ""));
    }

    private List<String> wrong(boolean isFencedByOpening) {
        var order = new Order(isFencedByOpening);
        return frames.stream().flatMap(frame -> order.see(frame).stream()).toList();
    }
}
