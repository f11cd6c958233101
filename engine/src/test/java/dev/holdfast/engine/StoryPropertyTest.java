package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.JsonText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Everyone watching sees one clean story: for every position c of every watcher, what was received up to c, folded, and
 * then what is sent from c, is the text of the run.
 *
 * <p>Hundreds of random runs; between any two reads of a watcher the run may go on, and hints come or are lost. All watchers
 * share their looks, and are at different places. Repeat one with -Dseed=N, try more
 * with -Druns=N.
 */
final class StoryPropertyTest {
    private static final int RUNS = Integer.getInteger("runs", 400);
    private static final int ACTS = 100_000;

    @Test
    void everyoneWatchingSeesOneCleanStory() {
        Long only = Long.getLong("seed");
        long first = only == null ? new SplittableRandom().nextLong() : only;
        int runs = only == null ? RUNS : 1;
        var counts = new Counts();
        for (long seed = first; seed < first + runs; seed++) {
            try {
                new Trial(new SplittableRandom(seed), counts).play();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("failed with -Dseed=" + seed + ": " + e.getMessage(), e);
            }
        }
        // A property of runs in which nothing happens proves nothing.
        if (only == null && runs >= RUNS) {
            assertThat(counts.crashed).as("runs that crashed").isGreaterThan(runs / 8);
            assertThat(counts.failed).as("runs with a failed attempt").isGreaterThan(runs / 50);
            assertThat(counts.endedByAnother).as("runs ended by another").isGreaterThan(runs / 50);
            assertThat(counts.rewound).as("rewinds received").isGreaterThan(runs / 8);
            assertThat(counts.strays).as("runs with entries above the end").isPositive();
            assertThat(counts.lost).as("runs whose log has lost something").isGreaterThan(runs / 40);
            assertThat(counts.haunted)
                    .as("runs whose streams somebody wrote to who had lost them")
                    .isGreaterThan(runs / 40);
        }
    }

    private static final class Counts {
        int crashed;
        int failed;
        int endedByAnother;
        int rewound;
        int strays;
        int haunted;
        int lost;
    }

    private static final class Trial {
        private final SplittableRandom dice;
        private final Counts counts;
        private final Journal journal = new Journal();
        private final Tail tail = journal.tail();
        private final RandomRun run;
        private final List<Onlooker> onlookers = new ArrayList<>();
        private boolean inside;

        Trial(SplittableRandom dice, Counts counts) {
            this.dice = dice;
            this.counts = counts;
            this.run = new RandomRun(dice, journal);
        }

        void play() {
            journal.most = dice.nextBoolean() ? 1 + dice.nextInt(6) : 256;
            journal.meanwhile = this::runGoesOn;
            for (int acts = 0; !run.isFinished(); acts++) {
                assertThat(acts).as("acts until the run ends").isLessThan(ACTS);
                run.act();
                if (dice.nextInt(3) > 0) tail.hint();
                int turn = dice.nextInt(40);
                if (turn == 0 && onlookers.size() < 4) onlookers.add(new Onlooker(journal, tail));
                if (turn > 0 && turn <= 6 && !onlookers.isEmpty()) {
                    onlookers.get(dice.nextInt(onlookers.size())).look(1 + dice.nextInt(8));
                }
                if (turn == 7 && !onlookers.isEmpty()) {
                    onlookers.get(dice.nextInt(onlookers.size())).resume(dice);
                }
            }
            for (Onlooker onlooker : onlookers) onlooker.lookToTheEnd();
            check();
        }

        /** The run goes on between two reads of a watcher. */
        private void runGoesOn() {
            if (inside || dice.nextInt(4) != 0) return;
            inside = true;
            for (int i = dice.nextInt(5); i >= 0; i--) run.act();
            inside = false;
        }

        private void check() {
            var standing = run.standing();
            if (run.succeeded() && !run.cancelled && !run.everLost) checkAgainstProgram();

            for (Tail read : List.of(tail, journal.tail())) {
                var late = new Onlooker(journal, read);
                late.lookToTheEnd();
                assertThat(late.texts()).as("what a late watcher is sent").isEqualTo(standing);
                assertThat(late.events()).as("frames of a late watcher").doesNotContain("rewind");
                if (!run.everLost) assertThat(late.events()).doesNotContain("gap");
            }
            if (run.everLost) counts.lost++;

            for (Onlooker onlooker : onlookers) {
                onlooker.checkFrames(run.everLost);
                for (int at = 0; at <= onlooker.received.size(); at++) {
                    var resumed = onlooker.upTo(at);
                    resumed.lookToTheEnd();
                    assertThat(resumed.text())
                            .as("the text of a watcher who resumed after %s of %s", at, onlooker.events())
                            .isEqualTo(String.join("", standing));
                }
            }
            count();
        }

        /** The model itself: each act of the program stands once, and where nothing is side by side, in its order. */
        private void checkAgainstProgram() {
            if (run.hasStepsAside()) {
                assertThat(run.standingNames()).as("what stands").containsExactlyInAnyOrderElementsOf(run.expected());
            } else {
                assertThat(run.standingNames()).as("what stands").isEqualTo(run.expected());
            }
            if (!run.everCrashed && !run.everFailed) {
                var rewound = journal.entries.stream()
                        .filter(entry -> entry.item() instanceof Item.Rewind rewind
                                && rewind.drop().stream().anyMatch(source -> source.isBetweenSteps()))
                        .toList();
                assertThat(rewound).as("rewinds of a run that only waited").isEmpty();
            }
        }

        private void count() {
            if (run.everCrashed) counts.crashed++;
            if (run.everFailed) counts.failed++;
            if (run.everHaunted) counts.haunted++;
            if (!run.succeeded()) counts.endedByAnother++;
            for (Onlooker onlooker : onlookers) {
                counts.rewound += (int)
                        onlooker.events().stream().filter("rewind"::equals).count();
            }
            Long last = journal.end(Journal.RUN).orElseThrow().last();
            if (last != null && last < journal.last()) counts.strays++;
        }
    }

    /** A client: what it received, and where it goes on. */
    private static final class Onlooker {
        private final Journal journal;
        private final Tail tail;
        final List<Frame> received = new ArrayList<>();
        private Story story;

        Onlooker(Journal journal, Tail tail) {
            this.journal = journal;
            this.tail = tail;
            this.story = open(null);
        }

        private Story open(@Nullable String after) {
            return Story.from(tail, journal.row(), after);
        }

        void look(int times) {
            for (int i = 0; i < times; i++) received.addAll(story.more());
        }

        void lookToTheEnd() {
            tail.hint();
            while (!story.isOver()) received.addAll(story.more());
            assertThat(story.more()).isEmpty();
            assertThat(received.getLast().event()).isEqualTo("done");
        }

        /** It lost its connection, and what it received last. */
        void resume(SplittableRandom dice) {
            int kept = received.size() - dice.nextInt(Math.min(6, received.size() + 1));
            received.subList(kept, received.size()).clear();
            story = open(kept == 0 ? null : received.getLast().id());
        }

        Onlooker upTo(int at) {
            var other = new Onlooker(journal, tail);
            other.received.addAll(received.subList(0, at));
            if (at > 0) other.story = open(received.get(at - 1).id());
            return other;
        }

        List<String> events() {
            return received.stream().map(Frame::event).toList();
        }

        List<String> texts() {
            return received.stream()
                    .filter(frame -> frame.event().equals("chunk"))
                    .map(frame -> JsonText.unquote(frame.data()))
                    .toList();
        }

        String text() {
            var fold = new FrameFold();
            for (Frame frame : received) fold.apply(frame.event(), frame.step(), frame.data());
            return fold.text();
        }

        /** One done, at the end; statuses in order, each once, and an epoch's first before its chunks, as long as it is kept. */
        void checkFrames(boolean toldAgain) {
            assertThat(events()).containsOnlyOnce("done").endsWith("done");
            if (!toldAgain)
                assertThat(new HashSet<>(texts())).as("chunks, each once").hasSameSizeAs(texts());
            long seq = 0;
            long epoch = journal.forgottenEpoch();
            for (Frame frame : received) {
                switch (frame.event()) {
                    case "status" -> {
                        long next = Cursor.parse(Journal.RUN, frame.id()).seq();
                        assertThat(next).as("the seq of a status").isGreaterThan(seq);
                        assertThat(frame.data()).startsWith("{\"seq\":" + next + ",");
                        seq = next;
                        epoch = Math.max(epoch, frame.epoch());
                    }
                    case "chunk" ->
                        assertThat(frame.epoch()).as("epoch of a chunk").isLessThanOrEqualTo(epoch);
                    default -> {}
                }
            }
            assertThat(received.getLast().data()).isEqualTo(SnapshotJson.encode(journal.snapshots.getLast()));
        }
    }
}
