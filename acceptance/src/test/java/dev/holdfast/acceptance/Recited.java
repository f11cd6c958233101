package dev.holdfast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.drills.Client;
import dev.holdfast.drills.Line;
import dev.holdfast.drills.WatchAccount;
import dev.holdfast.drills.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A recital on a {@link Trio}, whom everybody watches from its beginning, at each node. */
final class Recited {
    static final int PARTS = 4;
    static final int LINES = 10;

    private final Trio trio;
    private final String run;
    private final List<Watcher> early = new ArrayList<>();

    private Recited(Trio trio, String run) {
        this.trio = trio;
        this.run = run;
    }

    static Recited begin(Trio trio, String shape) throws InterruptedException {
        String input = "{\"parts\":%d,\"lines\":%d,\"millis\":100,\"shape\":\"%s\"}".formatted(PARTS, LINES, shape);
        var order = new Client.Order("recital", input, null, UUID.randomUUID().toString());
        var recited = new Recited(trio, trio.client(0).start(order).run());
        for (int i = 0; i < Trio.NODES; i++) recited.early.add(recited.watched("early, at node " + i, i));
        return recited;
    }

    private Watcher watched(String who, int node) {
        return Watcher.attach(who, trio.client(node).servers(), run);
    }

    private List<Line> shown(Watcher watcher) {
        return Line.of(watcher.soFar().frames()).toList();
    }

    /** Waits until everybody has seen so many lines. @return the process that has sent the last one */
    long awaitShown(int lines) {
        await(lines + " lines are shown at every node")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> early.stream().allMatch(watcher -> shown(watcher).size() >= lines));
        return shown(early.getFirst()).getLast().pid();
    }

    /** Waits until somebody else than this process sends. */
    void awaitSentByAnother(long pid) {
        await("somebody else goes on")
                .atMost(Stage.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> early.stream()
                        .anyMatch(watcher -> shown(watcher).stream().anyMatch(line -> line.pid() != pid)));
    }

    boolean hasEnded() throws InterruptedException {
        return !trio.run(run).path("finishedAt").isNull();
    }

    /** Everybody who watched, and who comes only now, at whichever node, has each line once and in order. */
    List<Line> assertWhole() throws InterruptedException {
        var everybody = new ArrayList<WatchAccount>();
        for (Watcher watcher : early) everybody.add(watcher.account(Stage.PATIENCE));
        for (int i = 0; i < Trio.NODES; i++) {
            WatchAccount late = watched("late, at node " + i, i).account(Stage.PATIENCE);
            assertThat(late.rewinds())
                    .as("who is late is not told what was taken back")
                    .isZero();
            assertThat(Line.of(late.frames())).as(late.name()).hasSize(PARTS * LINES);
            everybody.add(late);
        }
        var whole = new ArrayList<String>();
        for (int part = 1; part <= PARTS; part++)
            for (int number = 1; number <= LINES; number++) whole.add(part + "." + number);
        for (WatchAccount each : everybody) {
            assertThat(each.done())
                    .as("the end was told to who was " + each.name())
                    .isTrue();
            assertThat(Line.of(each.standing()).map(line -> line.part() + "." + line.number()))
                    .as("what stands for who was " + each.name())
                    .containsExactlyElementsOf(whole);
            assertThat(Line.of(each.frames()))
                    .as("each line is of the epoch that has sent it")
                    .allMatch(line -> line.epoch() == line.seen().epoch());
            assertThat(each.text()).isEqualTo(everybody.getFirst().text());
        }
        return everybody.stream().flatMap(each -> Line.of(each.frames())).toList();
    }
}
