package dev.holdfast.postgres.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a watcher concludes from what it sees, without a database. */
class WatchingTest {
    private static final long SECOND = 1_000_000_000L;
    private static final ServerLife LIFE = new ServerLife(1, 1, 10, 10);

    private final Heartbeats heartbeats = new Heartbeats(Duration.ofSeconds(3));

    @Test
    void silenceIsCountedByTheWatchersOwnClock() {
        for (int second = 0; second <= 9; second++)
            heartbeats.look(second * SECOND, List.of(row(2, 77), row(3, second)));
        assertThat(heartbeats.silent(2)).isEqualTo(Duration.ofSeconds(9));
        assertThat(heartbeats.silent(3)).isZero();
        assertThat(heartbeats.silent(4)).isZero();
    }

    @Test
    void anySignIsASignAlsoOneOfAnEarlierTime() {
        heartbeats.look(0, List.of(row(2, 77)));
        heartbeats.look(2 * SECOND, List.of(row(2, 70)));
        assertThat(heartbeats.silent(2)).isZero();
    }

    @Test
    void theLastSignIsNotLostWithTheSessionThatGaveIt() {
        heartbeats.look(0, List.of(row(2, 77)));
        var silent = new NodeRow(row(2, 0).node(), "", "", Instant.EPOCH, LIFE, OptionalLong.empty());
        heartbeats.look(SECOND, List.of(silent));
        heartbeats.look(2 * SECOND, List.of(silent));
        assertThat(heartbeats.last(2)).hasValue(77);
        assertThat(heartbeats.last(3)).isEmpty();
    }

    @Test
    void aTimeInWhichTheWatcherSawNothingIsNobodysSilence() {
        heartbeats.look(0, List.of(row(2, 77)));
        heartbeats.look(15 * SECOND, List.of(row(2, 77)));
        assertThat(heartbeats.silent(2)).isZero();
        heartbeats.look(17 * SECOND, List.of(row(2, 77)));
        assertThat(heartbeats.silent(2)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aFreeLockProvesNothingUntilItsOwnerHadTimeToComeBack() {
        var grace = new Grace(Duration.ofSeconds(10));
        var next = new ServerLife(1, 1, 20, 20);
        assertThat(grace.isProof(LIFE, 0)).as("nothing was answered yet").isFalse();
        grace.answered(LIFE, 0);
        assertThat(grace.isProof(LIFE, 0)).isTrue();
        grace.answered(next, 100 * SECOND);
        assertThat(grace.isProof(LIFE, 109 * SECOND)).isFalse();
        grace.answered(next, 109 * SECOND);
        assertThat(grace.isProof(LIFE, 110 * SECOND)).isTrue();
        assertThat(grace.isProof(next, 101 * SECOND)).isTrue();
    }

    @Test
    void theLastWaitsForTheFirst() {
        List<NodeRow> others = List.of(row(2, 0), row(5, 0), row(9, 0));
        assertThat(Successor.of(3, others, NodeRow::number))
                .map(NodeRow::number)
                .contains(5L);
        assertThat(Successor.of(9, others.subList(0, 2), NodeRow::number))
                .map(NodeRow::number)
                .contains(2L);
        assertThat(Successor.of(1, List.of(), NodeRow::number)).isEmpty();
    }

    @Test
    void aLetterSaysEverythingOnceAndThatThereWasMore() {
        var letter = new Letter();
        letter.add(new Word.Said("run 1"));
        letter.add(new Word.Said("run 1"));
        letter.add(new Word.Gone(4));
        assertThat(letter.text()).isEqualTo("srun 1\ng4");
        for (int i = 0; i < 4_000; i++) letter.add(new Word.Said("run " + i));
        assertThat(letter.text().length()).isLessThan(8_000);
        assertThat(letter.text()).endsWith("\n+");
        for (Word word : List.of(new Word.Said("x y"), new Word.Gone(4), new Word.Joined(5), new Word.More())) {
            assertThat(Word.parse(word.text())).contains(word);
        }
        assertThat(Word.parse("?new")).isEmpty();
    }

    private static NodeRow row(long number, long heard) {
        return new NodeRow(
                new Holder(Holder.Kind.NODE, number, number), "", "", Instant.EPOCH, LIFE, OptionalLong.of(heard));
    }
}
