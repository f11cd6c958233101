package dev.holdfast.postgres.membership;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a node's listener is told. */
final class Ear implements Listener {
    private final List<Word> heard = new CopyOnWriteArrayList<>();
    private volatile String failAt = "nothing";

    /** @param nanos when it was heard, whenever somebody asks for it */
    private record Word(String what, long nanos) {}

    List<String> heard() {
        return heard.stream().map(Word::what).toList();
    }

    /** When it heard this for the first time. */
    long when(String what) {
        return heard.stream()
                .filter(word -> word.what().startsWith(what))
                .findFirst()
                .orElseThrow()
                .nanos();
    }

    /** From now on. */
    void failAt(String what) {
        failAt = what;
    }

    private void hear(String what) {
        heard.add(new Word(what, System.nanoTime()));
        if (what.startsWith(failAt)) throw new IllegalStateException("a listener that fails at " + what);
    }

    void until(String what, Duration limit) {
        await("heard: " + what)
                .pollInterval(Duration.ofMillis(1))
                .atMost(limit)
                .until(() -> heard.stream().anyMatch(each -> each.what().startsWith(what)));
    }

    @Override
    public void suspended() {
        hear("suspended");
    }

    @Override
    public void stop() {
        hear("stop");
    }

    @Override
    public void overdue() {
        hear("overdue");
    }

    @Override
    public void resumed(Pause pause) {
        hear("resumed " + pause);
    }

    @Override
    public void dead(String why) {
        hear("dead: " + why);
    }

    @Override
    public void found(Found dead) {
        hear("died " + dead.number());
    }

    @Override
    public void died(long number) {
        hear("died " + number);
    }

    @Override
    public void heard(String payload) {
        hear("heard " + payload);
    }

    @Override
    public void missed() {
        hear("missed");
    }
}
