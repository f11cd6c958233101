package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.JsonText;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import dev.holdfast.engine.port.StreamLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The cases by name; {@link StoryPropertyTest} has all of them by chance. */
final class StoryTest {
    private static final Source STEP = Source.step(StepKey.of(1), 1);
    private static final Source BETWEEN = Source.between(2);

    private final Journal journal = new Journal();
    private final Tail tail = journal.tail();

    @Test
    void statusesAndChunksAreToldInTheirOrderAndDoneIsLast() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(STEP, "a"), chunk(BETWEEN, "b"));
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(2L, List.of()));

        var frames = told(story(null));

        assertThat(brief(frames)).containsExactly("status", "status", "a", "b", "status", "done");
        assertThat(frames.getFirst().id()).isEqualTo(Journal.RUN + ".0.1");
        assertThat(frames.get(2)).isEqualTo(new Frame("chunk", Journal.RUN + ".1.2", 1, "1/1", "\"a\""));
        assertThat(frames.getLast())
                .isEqualTo(new Frame(
                        "done",
                        Journal.RUN + ".2.3",
                        2,
                        null,
                        "{\"seq\":3,\"state\":\"FINISHED\",\"outcome\":\"SUCCEEDED\",\"epoch\":2,\"attempt\":1,"
                                + "\"at\":\"1970-01-01T00:00:00Z\",\"cause\":\"finish\"}"));
    }

    @Test
    void whoWasThereIsRewoundAndWhoComesLateIsNot() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "before "), chunk(STEP, "The answer is proba"));
        var there = story(null);
        assertThat(brief(told(there))).endsWith("before ", "The answer is proba");
        journal.become(RunState.QUEUED, 1, "lost");
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(new Item.Rewind(List.of(STEP)), chunk(STEP, "The answer is 42"));

        assertThat(brief(told(there))).containsExactly("status", "status", "rewind", "The answer is 42");
        assertThat(brief(told(story(null))))
                .containsExactly("status", "status", "before ", "status", "status", "The answer is 42");
    }

    @Test
    void whoIsBehindIsNotSentWhatWasTakenAwayMeanwhile() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"));
        var behind = story(null);
        told(behind);
        journal.append(chunk(STEP, "half"), new Item.Rewind(List.of(STEP)), chunk(STEP, "whole"));
        journal.most = 1;

        assertThat(brief(told(behind))).containsExactly("whole");
    }

    @Test
    void anEndBySomebodyElseTakesAwayWhatDoesNotStand() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "stands "), chunk(STEP, "half"));
        var there = story(null);
        var received = told(there);
        journal.become(RunState.QUEUED, 1, "lost");
        journal.finish(Outcome.CANCELLED, 1, new StreamEnd(null, List.of(STEP)));

        received.addAll(told(there));

        assertThat(brief(received)).endsWith("half", "rewind", "status", "status", "done");
        assertThat(brief(told(story(null)))).containsExactly("status", "status", "stands ", "status", "status", "done");
    }

    @Test
    void whatCameAfterTheEndIsIgnoredAndTakenAwayFromWhoSawIt() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "stands "));
        var there = story(null);
        journal.append(chunk(STEP, "too late"));
        var received = told(there);
        journal.finish(Outcome.TIMED_OUT, 1, new StreamEnd(1L, List.of()));

        received.addAll(told(there));

        assertThat(brief(received)).endsWith("too late", "rewind", "status", "done");
        assertThat(received.stream().filter(frame -> frame.event().equals("rewind")))
                .singleElement()
                .extracting(Frame::data)
                .isEqualTo("{\"drop\":[\"1/1\"]}");
        assertThat(brief(told(story(null)))).containsExactly("status", "status", "stands ", "status", "done");
    }

    @Test
    void whoResumesAfterDoneIsToldDoneAgain() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"));
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(1L, List.of()));
        var last = told(story(null)).getLast();

        assertThat(told(story(last.id()))).containsExactly(last);
    }

    @Test
    void whatIsAboveTheEndIsTakenBackFromWhoSawIt() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"), chunk(STEP, "a zombie's"));
        var there = story(null);
        assertThat(brief(told(there))).endsWith("a", "a zombie's");
        journal.finish(Outcome.CANCELLED, 1, new StreamEnd(1L, List.of()));

        var frames = told(there);
        assertThat(brief(frames)).containsExactly("rewind", "status", "done");
        assertThat(frames.getFirst().data()).isEqualTo("{\"drop\":[\"1/1\"]}");
    }

    @Test
    void anEndThatWasNotSaidIsTheLastEntry() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"));
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(null, List.of()));

        assertThat(brief(told(story(null)))).containsExactly("status", "status", "a", "status", "done");
    }

    @Test
    void aHoleIsToldAndNeverSkippedNorWaitedFor() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"), chunk(BETWEEN, "b"), chunk(BETWEEN, "c"), new Item.Gap(4));
        journal.entries.remove(1);
        var story = story(null);

        var frames = told(story);
        assertThat(brief(frames)).endsWith("a", "gap", "c", "gap");
        assertThat(frames.get(3).data()).isEqualTo("{\"missing\":1}");
        assertThat(frames.getLast().data()).isEqualTo("{\"missing\":4}");

        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(6L, List.of()));
        frames = told(story);
        assertThat(brief(frames)).containsExactly("gap", "status", "done");
        assertThat(frames.getFirst().data()).isEqualTo("{\"missing\":2}");
    }

    @Test
    void ofMoreSnapshotsThanAWindowHoldsTheNewestAreTold() {
        for (int i = 0; i < 100; i++) {
            journal.become(RunState.RUNNING, 1, "claim");
            journal.become(RunState.QUEUED, 1, "lost");
        }
        journal.finish(Outcome.SYSTEM_FAILURE, 1, new StreamEnd(0L, List.of()));

        var frames = told(story(null));

        assertThat(frames).hasSize(51);
        assertThat(frames.getLast().event()).isEqualTo("done");
    }

    @Test
    void aLongStreamIsReadInBatchesAndItsRewindsOnce() {
        journal.become(RunState.RUNNING, 1, "claim");
        var once = List.of(chunk(STEP, "half"), new Item.Rewind(List.of(STEP)), chunk(BETWEEN, "x"));
        journal.append(
                Collections.nCopies(10_000, once).stream().flatMap(List::stream).toArray(Item[]::new));
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(30_000L, List.of()));
        journal.reads = 0;

        var frames = told(story(null));

        assertThat(brief(frames).stream().filter("x"::equals)).hasSize(10_000);
        assertThat(brief(frames)).doesNotContain("half", "rewind");
        // Row, end and entries for each of 118 batches, and a few of the rest.
        assertThat(journal.reads).isLessThan(118 * 3 + 20);
    }

    @Test
    void whatIsNotAPositionOfThisRunIsRefused() {
        journal.fencing = StreamLog.Fencing.BY_ROW;
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"));
        var run = Journal.RUN.toString();
        var other = RunId.of(new UUID(1, 2)).toString();

        for (var cursor : List.of(
                "",
                "7",
                run,
                run + ".1",
                run + ".1.2.3",
                run + ".-1.1",
                run + ".+1.1",
                run + ".x.1",
                run + ". 1.1",
                run + ".2.1",
                run + ".1.3",
                run + ".9999999999999999999999.1",
                other + ".0.1",
                "run_\u0000.1.1",
                "x".repeat(10_000))) {
            assertThatThrownBy(() -> story(cursor)).isInstanceOfSatisfying(Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo("cursor_unknown");
                assertThat(refused).hasMessageContaining("not a position of run " + run);
                assertThat(refused.getMessage()).hasSizeLessThan(400);
            });
        }
        assertThat(brief(told(story(run + ".0.0")))).containsExactly("status", "status", "a");
        assertThat(brief(told(story(run + ".1.2")))).isEmpty();
    }

    @Test
    void aCursorIsRequestedInTheFormInWhichItWasGiven() {
        var cursor = new Cursor(Journal.RUN, 12, 3);

        assertThat(Cursor.parse(Journal.RUN, cursor.toString())).isEqualTo(cursor);
        assertThat(Cursor.parse(Journal.RUN, cursor.trusting(13).toString())).isEqualTo(cursor.trusting(13));
    }

    @Test
    void aRunThatIsDeletedMeanwhileIsRefused() {
        var story = story(null);
        journal.delete();

        assertThatThrownBy(story::more)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo("run_unknown"));
    }

    @Test
    void whoResumesARunThatWasJustDeletedIsToldThatAndNotThatItsCursorIsWrong() {
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(chunk(BETWEEN, "a"));
        var row = journal.row();
        journal.delete();

        assertThatThrownBy(() -> Story.from(tail, row, Journal.RUN + ".1.2"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo("run_unknown"));
    }

    private List<Frame> told(Story story) {
        return told(tail, story);
    }

    private Story story(@Nullable String after) {
        return Story.from(tail, journal.row(), after);
    }

    /** All that there is to tell now. */
    static List<Frame> told(Tail tail, Story story) {
        tail.hint();
        var frames = new ArrayList<Frame>();
        for (var more = story.more(); !more.isEmpty(); more = story.more()) frames.addAll(more);
        return frames;
    }

    /** The event; of a chunk its text. */
    static List<String> brief(List<Frame> frames) {
        return frames.stream()
                .map(frame -> frame.event().equals("chunk") ? JsonText.unquote(frame.data()) : frame.event())
                .toList();
    }

    static Item.Chunk chunk(Source source, String text) {
        return new Item.Chunk(source, JsonText.quote(text));
    }
}
