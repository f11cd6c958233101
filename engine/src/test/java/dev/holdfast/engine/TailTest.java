package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Outcome;
import dev.holdfast.core.RunState;
import dev.holdfast.core.StepKey;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.JsonText;
import dev.holdfast.core.stream.Source;
import dev.holdfast.core.stream.StreamEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the watchers of a run share. */
@Timeout(30)
final class TailTest {
    private static final Source BETWEEN = Source.between(1);

    private final Journal journal = new Journal();
    private final Tail tail = journal.tail();

    @Test
    void aHintIsReadOnceHoweverManyWatch() {
        journal.become(RunState.RUNNING, 1, "claim");
        var stories = stories(1_000);
        journal.reads = 0;

        append("a");
        tail.hint();

        for (Story story : stories) assertThat(texts(story.more())).containsExactly("a");
        assertThat(journal.reads).as("the row, and the entries").isEqualTo(2);
    }

    @Test
    void theEndIsReadOnceToo() {
        journal.become(RunState.RUNNING, 1, "claim");
        var stories = stories(1_000);
        journal.reads = 0;

        append("a");
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(1L, List.of()));
        tail.hint();

        for (Story story : stories) {
            assertThat(events(told(story))).containsExactly("chunk", "status", "done");
        }
        assertThat(journal.reads).as("row, end, entries, snapshots").isEqualTo(4);
    }

    @Test
    void whoIsAFewBehindIsToldOfWhatIsKept() {
        journal.become(RunState.RUNNING, 1, "claim");
        var stories = stories(2);
        for (int i = 0; i < 5; i++) {
            append("a" + i);
            tail.hint();
            stories.getFirst().more();
        }
        journal.reads = 0;

        assertThat(texts(stories.getLast().more())).containsExactly("a0", "a1", "a2", "a3", "a4");
        assertThat(journal.reads).isZero();
    }

    @Test
    void whoIsFarBehindReadsByHimselfUntilHeHasCaughtUp() {
        journal.become(RunState.RUNNING, 1, "claim");
        var stories = stories(2);
        Story behind = stories.getLast();
        for (int i = 0; i < 2_000; i++) {
            append("a" + i);
            tail.hint();
            stories.getFirst().more();
        }

        var texts = texts(told(behind));
        assertThat(texts)
                .containsExactlyElementsOf(
                        IntStream.range(0, 2_000).mapToObj(i -> "a" + i).toList());

        journal.reads = 0;
        append("b");
        tail.hint();
        assertThat(texts(stories.getFirst().more())).containsExactly("b");
        assertThat(texts(behind.more())).containsExactly("b");
        assertThat(journal.reads).isEqualTo(2);
    }

    /** Who was there before him has not heard of it yet. */
    @Test
    void whoComesIsNotSentWhatWasTakenBackBeforeHeCame() {
        var step = Source.step(StepKey.of(1), 1);
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(new Item.Chunk(step, "\"half\""));
        told(stories(1).getFirst());
        journal.append(new Item.Rewind(List.of(step)));
        append("whole");

        var frames = told(Story.from(tail, journal.row(), null));

        assertThat(texts(frames)).containsExactly("whole");
        assertThat(events(frames)).doesNotContain("rewind");
    }

    /** The others have come as far as the first of three, and read one at a time. */
    @Test
    void whoIsAheadOfTheOthersIsNotToldThatThereIsNothing() {
        journal.most = 1;
        journal.become(RunState.RUNNING, 1, "claim");
        for (String text : List.of("a", "b", "c")) append(text);
        journal.finish(Outcome.SUCCEEDED, 1, new StreamEnd(3L, List.of()));
        Story.from(tail, journal.row(), null).more();

        var frames = told(Story.from(tail, journal.row(), new Cursor(Journal.RUN, 2, 2).toString()));

        assertThat(texts(frames)).containsExactly("c");
        assertThat(events(frames)).doesNotContain("gap").endsWith("done");
    }

    @Test
    void whatTurnsOutToBeAboveTheEndIsNotKept() {
        journal.become(RunState.RUNNING, 1, "claim");
        append("a");
        append("a zombie's");
        stories(1);
        journal.finish(Outcome.CANCELLED, 1, new StreamEnd(1L, List.of()));
        tail.hint();

        var frames = told(Story.from(tail, journal.row(), null));
        assertThat(texts(frames)).containsExactly("a");
        assertThat(events(frames)).doesNotContain("rewind").endsWith("done");
    }

    @Test
    void whatWasReadAheadIsForgottenWhenTheLogHasLostIt() {
        loseWhatWasReadAhead();

        tail.hint();
        assertThat(rewinds()).as("nobody has found out").hasSize(1);
        tail.forget(1);
        assertThat(rewinds()).as("who reads anew").isEmpty();
    }

    @Test
    void whatWasReadAheadIsForgottenWhenItIsNotThereWhereItWas() {
        loseWhatWasReadAhead();

        journal.become(RunState.QUEUED, 1, "lost");
        journal.become(RunState.RUNNING, 1, "claim");
        journal.open(new Item.Rewind(List.of()));
        for (int number : new int[] {1, 2}) tail.beyond(new Cursor(Journal.RUN, number, 0));

        assertThat(rewinds()).containsExactly(journal.last());
    }

    private void loseWhatWasReadAhead() {
        var step = Source.step(StepKey.of(1), 1);
        journal.most = 1;
        journal.become(RunState.RUNNING, 1, "claim");
        journal.append(new Item.Chunk(step, "\"half\""), new Item.Chunk(step, "\"more\""));
        journal.become(RunState.QUEUED, 1, "lost");
        journal.become(RunState.RUNNING, 1, "claim");
        journal.open(new Item.Rewind(List.of(step)));
        assertThat(rewinds()).containsExactly(journal.last());
        journal.lose(1);
    }

    private List<Long> rewinds() {
        return tail.beyond(Cursor.start(Journal.RUN)).orElseThrow().rewinds().stream()
                .map(Entry::number)
                .toList();
    }

    @Test
    void whoBeginTogetherAskOnceHowFarItGoes() throws Exception {
        journal.become(RunState.RUNNING, 1, "claim");
        append("a");
        var reading = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        journal.meanwhile = () -> {
            reading.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };

        var begun = new ArrayList<FutureTask<Long>>();
        for (int i = 0; i < 20; i++) {
            var task = new FutureTask<>(tail::head);
            var thread = Thread.ofPlatform().daemon().start(task);
            begun.add(task);
            if (i == 0) reading.await();
            else while (thread.getState() != Thread.State.WAITING) Thread.onSpinWait();
        }
        goOn.countDown();

        for (var task : begun) assertThat(task.get()).isEqualTo(1);
        assertThat(journal.reads).as("the first, and those who came meanwhile").isEqualTo(2);
    }

    @Test
    void whatIsKeptIsSmall() {
        journal.become(RunState.RUNNING, 1, "claim");
        var story = stories(1).getFirst();
        String large = "x".repeat(20_000);
        for (int i = 0; i < 1_000; i++) {
            append(large);
            tail.hint();
            story.more();
        }

        var position = new Cursor(Journal.RUN, 990, 2);
        assertThat(tail.beyond(position))
                .as("what is 200,000 characters behind")
                .isEmpty();
        assertThat(tail.beyond(new Cursor(Journal.RUN, 996, 2))).isPresent();
    }

    @Test
    void aReadThatFailsIsToldToThoseWhoWaitForItAndTheNextOneTriesAgain() throws Exception {
        journal.become(RunState.RUNNING, 1, "claim");
        var stories = stories(3);
        append("a");
        tail.hint();
        var reading = new CountDownLatch(1);
        var fail = new CountDownLatch(1);
        var failing = new AtomicBoolean(true);
        journal.meanwhile = () -> {
            if (!failing.getAndSet(false)) return;
            reading.countDown();
            try {
                fail.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw Unavailable.notApplied("ledger", "the ledger cannot be reached", null);
        };

        var asked = new ArrayList<FutureTask<List<Frame>>>();
        for (Story story : stories) {
            var task = new FutureTask<>(story::more);
            var thread = Thread.ofPlatform().daemon().start(task);
            asked.add(task);
            if (asked.size() == 1) reading.await();
            else while (thread.getState() != Thread.State.WAITING) Thread.onSpinWait();
        }
        fail.countDown();

        for (var task : asked) assertThatThrownBy(task::get).hasCauseInstanceOf(Unavailable.class);
        for (Story story : stories) assertThat(texts(story.more())).containsExactly("a");
    }

    @Test
    void nobodyFailsWithOneWhoWasInterrupted() throws Exception {
        journal.become(RunState.RUNNING, 1, "claim");
        var stories = stories(2);
        append("a");
        tail.hint();
        var reading = new CountDownLatch(1);
        var first = new AtomicBoolean(true);
        journal.meanwhile = () -> {
            if (!first.getAndSet(false)) return;
            reading.countDown();
            while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
            throw Unavailable.notApplied("ledger", "the session was closed by an interrupt", null);
        };

        var interrupted = new FutureTask<>(stories.getFirst()::more);
        Thread one = Thread.ofPlatform().daemon().start(interrupted);
        reading.await();
        var waiting = new FutureTask<>(stories.getLast()::more);
        Thread other = Thread.ofPlatform().daemon().start(waiting);
        while (other.getState() != Thread.State.WAITING) Thread.onSpinWait();
        one.interrupt();

        assertThat(texts(waiting.get())).containsExactly("a");
        assertThatThrownBy(interrupted::get).hasCauseInstanceOf(Unavailable.class);
    }

    /** So many, which have been told everything. */
    private List<Story> stories(int count) {
        var stories = new ArrayList<Story>();
        for (int i = 0; i < count; i++) {
            var story = Story.from(tail, journal.row(), null);
            told(story);
            stories.add(story);
        }
        return stories;
    }

    private void append(String text) {
        journal.append(new Item.Chunk(BETWEEN, JsonText.quote(text)));
    }

    private static List<Frame> told(Story story) {
        var frames = new ArrayList<Frame>();
        for (var more = story.more(); !more.isEmpty(); more = story.more()) frames.addAll(more);
        return frames;
    }

    private static List<String> events(List<Frame> frames) {
        return frames.stream().map(Frame::event).toList();
    }

    private static List<String> texts(List<Frame> frames) {
        return frames.stream()
                .filter(frame -> frame.event().equals("chunk"))
                .map(frame -> JsonText.unquote(frame.data()))
                .toList();
    }
}
