package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.Admission;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Taker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes what its node may execute, and notes what it hears. */
final class Hand implements Taker, Taker.Asking {
    private final Holder node;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<RunId> told = new CopyOnWriteArrayList<>();
    private Admission admission = new Admission(Map.of(), 0);
    private int alive = 1;

    Hand(Holder node) {
        this.node = node;
    }

    /** From now on it takes so many runs of task {@code t}; with 0 it takes nothing. */
    void has(int slots) {
        admits(new Admission(Map.of("t", "1"), slots));
    }

    void admits(Admission now) {
        admission = now;
    }

    /** It is one of so many nodes. */
    void isOneOf(int nodes) {
        alive = nodes;
    }

    @Override
    public Optional<Asking> ask() {
        return admission.slots() == 0 ? Optional.empty() : Optional.of(this);
    }

    @Override
    public Claim wish() {
        return new Claim(node, admission, admission.slots(), alive, claimed -> {
            for (Claimed each : claimed) told.add(each.run().id());
            note("told", claimed);
        });
    }

    @Override
    public void given(List<Claimed> claimed) {
        note("given", claimed);
    }

    @Override
    public void failed() {
        heard.add("failed");
    }

    private void note(String what, List<Claimed> claimed) {
        for (Claimed each : claimed) heard.add(what + " " + each.run().id() + " with " + each.input());
    }

    /** What it was told and given, in this order. */
    List<String> heard() {
        return heard;
    }

    /** What it was told that it holds, in this order: all of it before anybody hears that it was started. */
    List<RunId> told() {
        return List.copyOf(told);
    }
}
