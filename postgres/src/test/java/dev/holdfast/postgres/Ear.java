package dev.holdfast.postgres;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a node's listener is told. */
final class Ear implements Listener {
    private final List<String> heard = new CopyOnWriteArrayList<>();

    List<String> heard() {
        return List.copyOf(heard);
    }

    void until(String what, Duration limit) {
        await("heard: " + what)
                .pollInterval(Duration.ofMillis(1))
                .atMost(limit)
                .until(() -> heard.stream().anyMatch(each -> each.startsWith(what)));
    }

    @Override
    public void suspended() {
        heard.add("suspended");
    }

    @Override
    public void stop() {
        heard.add("stop");
    }

    @Override
    public void overdue() {
        heard.add("overdue");
    }

    @Override
    public void resumed(Pause pause) {
        heard.add("resumed " + pause);
    }

    @Override
    public void dead(String why) {
        heard.add("dead: " + why);
    }

    @Override
    public void died(long number) {
        heard.add("died " + number);
    }

    @Override
    public void heard(String payload) {
        heard.add("heard " + payload);
    }

    @Override
    public void missed() {
        heard.add("missed");
    }
}
