package dev.holdfast.testkit.world;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.system.LocalHints;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Hints between nodes: some are lost, and some come late. */
final class Wire {
    private static final int LATEST = 800;

    private final World world;
    private final SplittableRandom random;
    private final Map<Holder, LocalHints> ends = new LinkedHashMap<>();

    Wire(World world, long seed) {
        this.world = world;
        this.random = new SplittableRandom(seed * 43);
    }

    /** As this node has them. */
    Hints of(Holder node) {
        var own = new LocalHints();
        ends.put(node, own);
        return new End(node, own);
    }

    /** Nothing reaches it any more. */
    void cut(Holder node) {
        ends.remove(node);
    }

    private void carry(LocalHints to, Consumer<LocalHints> hint) {
        int dice = random.nextInt(20);
        if (dice < 3) return;
        if (dice > 3) {
            hint.accept(to);
            return;
        }
        var late = Duration.ofMillis(random.nextInt(LATEST));
        world.outside("wire", () -> {
            world.turns().sleep(late);
            hint.accept(to);
        });
    }

    private final class End implements Hints {
        private final Holder node;
        private final LocalHints own;

        End(Holder node, LocalHints own) {
            this.node = node;
            this.own = own;
        }

        private void tell(Consumer<LocalHints> hint) {
            hint.accept(own);
            for (LocalHints other : List.copyOf(ends.values())) if (!other.equals(own)) carry(other, hint);
        }

        @Override
        public void changed(RunId run) {
            tell(h -> h.changed(run));
        }

        @Override
        public void ended(RunId run) {
            tell(h -> h.ended(run));
        }

        @Override
        public void posted(RunId run, Holder holder) {
            if (holder.equals(node)) throw new IllegalStateException(run + " is held here: that is no hint to give");
            LocalHints other = ends.get(holder);
            if (other != null) carry(other, h -> h.posted(run));
        }

        @Override
        public void work() {
            tell(LocalHints::work);
        }

        @Override
        public Listening onChange(RunId run, Runnable look) {
            return own.onChange(run, look);
        }

        @Override
        public Listening onEnd(RunId run, Runnable look) {
            return own.onEnd(run, look);
        }

        @Override
        public Listening onPost(Consumer<RunId> look) {
            return own.onPost(look);
        }

        @Override
        public Listening onWork(Runnable look) {
            return own.onWork(look);
        }
    }
}
