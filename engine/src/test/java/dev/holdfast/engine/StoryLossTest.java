package dev.holdfast.engine;

import static dev.holdfast.engine.StoryTest.brief;
import static dev.holdfast.engine.StoryTest.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a watcher is told when the log has lost its newest entries, by name. */
final class StoryLossTest {
    private static final Source STEP = Source.step(StepKey.of(1), 1);
    private static final Source OTHER = Source.step(StepKey.of(3), 1);
    private static final Source BETWEEN = Source.between(2);

    private final Journal journal = new Journal();
    private final Tail tail = journal.tail();

    /** The log has lost two that this watcher has, and an epoch has opened behind the first. */
    @Test
    void whoHasSeenWhatIsLostIsToldAllAgain() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"), chunk(STEP, "b"), chunk(STEP, "c"));
        var there = story(null);
        told(there);
        journal.lose(2);
        takeOver();
        journal.open(new Item.Rewind(List.of()));
        journal.append(chunk(STEP, "B"));

        var frames = told(there);
        assertThat(brief(frames)).containsExactly("rewind", "a", "status", "status", "B");
        assertThat(frames.getFirst().data()).isEqualTo("{\"drop\":[\"*\"]}");
        assertThat(brief(told(story(Journal.RUN + ".3.2")))).containsExactly("rewind", "a", "status", "status", "B");
        assertThat(brief(told(story(Journal.RUN + ".1.2")))).containsExactly("status", "status", "B");
    }

    @Test
    void whoResumesBehindTheHeadOfALogThatHasLostSomethingIsToldAllAgain() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"), chunk(STEP, "b"));
        journal.lose(1);

        assertThat(brief(told(story(Journal.RUN + ".2.2")))).containsExactly("rewind", "a");
    }

    /** He was told a state in the middle of what a rewind took away, and the log has lost that rewind. */
    @Test
    void whatWasLeftOutBecauseOfARewindThatIsLostIsTold() {
        var there = whoWasNotToldB();
        var frames = told(story(null));
        assertThat(brief(frames)).containsExactly("status", "status", "a", "status", "status");
        String between = frames.getLast().id();
        assertThat(between).isEqualTo(Journal.RUN + ".2.4." + journal.last());
        assertThat(told(story(between)))
                .singleElement()
                .satisfies(frame -> assertThat(frame.data()).isEqualTo("{\"drop\":[\"1/1\"]}"));

        journal.lose(1);
        takeOver();
        journal.open(new Item.Rewind(List.of()));

        assertThat(brief(told(there))).containsExactly("rewind", "a", "b", "status", "status", "status", "status");
        assertThat(brief(told(story(between)))).containsExactly("rewind", "a", "b", "status", "status");
        assertThat(brief(told(story(Journal.RUN + ".2.4")))).containsExactly("status", "status");
    }

    /** What was recorded says that there was more: the next epoch opens behind that, and not behind what is left. */
    @Test
    void whatWasLeftOutIsToldAlsoIfTheNextEpochOpensBehindWhatIsLost() {
        var there = whoWasNotToldB();
        long counted = journal.append(chunk(OTHER, "c"));

        journal.lose(2);
        takeOver();
        journal.open(counted, new Item.Rewind(List.of()));

        assertThat(brief(told(there)))
                .containsExactly("rewind", "a", "b", "status", "status", "status", "status", "gap");
        assertThat(brief(told(story(null)))).contains("a", "b", "gap").doesNotContain("rewind");
    }

    @Test
    void noMoreIsTrustedThanACursorCanSay() {
        journal.most = 20;
        journal.become(RunState.RUNNING, 1, "claim");
        for (int key = 1; key <= 20; key++) journal.append(chunk(Source.step(StepKey.of(key), 1), "half " + key));
        for (int key = 1; key <= 20; key++) journal.append(new Item.Rewind(List.of(Source.step(StepKey.of(key), 1))));

        var frames = told(story(null));
        assertThat(brief(frames).stream().filter(text -> text.startsWith("half")))
                .hasSize(12)
                .startsWith("half 9");
        assertThat(brief(frames).stream().filter("rewind"::equals)).hasSize(12);
        for (Frame frame : frames)
            assertThat(Cursor.parse(Journal.RUN, frame.id())).hasToString(frame.id());
    }

    @Test
    void whatWasLeftOutBecauseOfARewindThatIsLostIsToldAtTheEnd() {
        var there = whoWasNotToldB();

        journal.lose(1);
        journal.finish(Outcome.CANCELLED, 1, new StreamEnd(2L, List.of()));

        assertThat(brief(told(there))).startsWith("rewind", "a", "b").endsWith("done");
    }

    /** He has lost the run, and a sequence that the log had lost was used again. */
    @Test
    void whatAnOlderEpochGetsInBehindANewerOneIsNotTold() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(STEP, "half"));
        var there = story(null);
        told(there);
        takeOver();
        journal.open(new Item.Rewind(List.of(STEP)));
        journal.append(chunk(STEP, "whole"));
        journal.intrude(1, chunk(STEP, "late"));
        journal.intrude(1, new Item.Rewind(List.of(STEP)));
        journal.append(chunk(BETWEEN, "more"));

        assertThat(brief(told(there))).containsExactly("status", "status", "rewind", "whole", "more");
        assertThat(brief(told(story(null)))).containsExactly("status", "status", "status", "status", "whole", "more");
    }

    /** Two rewinds were trusted, and the second is there: it does not stand for the first. */
    @Test
    void aRewindThatIsLostIsNotTrustedBecauseALaterOneIsThere() {
        journal.most = 1;
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"), chunk(STEP, "b"), chunk(OTHER, "c"));
        takeOver();
        journal.open(new Item.Rewind(List.of(STEP)));
        var there = story(null);
        assertThat(brief(there.more())).endsWith("a");

        journal.lose(1);
        takeOver();
        journal.open(new Item.Rewind(List.of(OTHER)));
        journal.most = 256;

        assertThat(brief(told(there))).containsExactly("rewind", "a", "b", "status", "status", "status", "status");
    }

    /** He has lost the run, and rewinds what somebody else has recorded. */
    @Test
    void aRewindAboveTheEndIsNotTrusted() {
        journal.most = 1;
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"), chunk(STEP, "b"), chunk(BETWEEN, "c"), new Item.Rewind(List.of(STEP)));
        var there = story(null);
        assertThat(brief(there.more())).endsWith("a");
        assertThat(brief(there.more())).containsExactly("c");
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(3L, List.of()));

        assertThat(brief(told(story(null)))).containsExactly("status", "status", "a", "b", "c", "status", "done");
        assertThat(brief(told(there))).startsWith("rewind", "a", "b", "c").endsWith("done");
    }

    private void takeOver() {
        journal.become(RunState.QUEUED, 1, "lost");
        journal.become(RunState.RUNNING, 1, "claim");
    }

    /** He was told a, and not b, because of the rewind that comes next. */
    private Story whoWasNotToldB() {
        journal.most = 2;
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"), chunk(STEP, "b"));
        takeOver();
        journal.open(new Item.Rewind(List.of(STEP)));
        var there = story(null);
        assertThat(brief(there.more())).endsWith("a");
        return there;
    }

    private Story story(@Nullable String after) {
        return Story.from(tail, journal.row(), after);
    }

    private List<Frame> told(Story story) {
        return StoryTest.told(tail, story);
    }
}
