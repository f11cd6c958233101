package dev.holdfast.testkit.world;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.port.SnapshotWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Somebody who watches a run, and goes on where the connection broke. */
final class Onlooker {
    private static final Duration AGAIN = Duration.ofMillis(250);

    private final World world;
    private final RunId run;
    private final String name;
    private final List<Frame> frames = new ArrayList<>();
    private boolean gone;
    private final List<Jump> jumps = new ArrayList<>();
    private long seq;
    private long epoch;
    /** Of a chunk that came before its status, which must be one that the window has left out; 0 for none. */
    private long early;

    /** A status that is not the next one. */
    private record Jump(long from, long to) {
        /** Whether it was the first of the window when it was read, as far as the run's last status lets it be. */
        boolean isOfWindow(long last) {
            return to > from && last >= to + SnapshotWindow.MOST - 1;
        }
    }

    Onlooker(World world, RunId run, String name) {
        this.world = world;
        this.run = run;
        this.name = name;
    }

    /** What it was told, from the beginning to the end. */
    List<Frame> watch() throws InterruptedException {
        while (!hasSeenTheEnd() && !gone) {
            try {
                Node node = world.crew().node();
                String after = frames.isEmpty() ? null : frames.getLast().id();
                node.ask("watch", engine -> {
                    try (var watch = engine.watch(Namespace.DEFAULT, run, after)) {
                        // What comes after the connection broke reaches nobody.
                        while (!watch.ended() && !node.isDown()) {
                            watch.next(Duration.ofMinutes(1))
                                    .filter(f -> !node.isDown())
                                    .ifPresent(this::see);
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("nobody interrupts a watcher", e);
                    }
                    return true;
                });
            } catch (Refused e) {
                gone = true;
                if (!e.code().equals("run_unknown")) {
                    complain("was refused: " + e.getMessage());
                }
            } catch (Unavailable e) {
                world.turns().sleep(AGAIN);
            }
        }
        return frames;
    }

    /**
     * Everything of an epoch is told after the status that began it, and no status is told twice or left out: but for who
     * is behind by more than a window, and goes on with the first one of that, after what was sent in epochs that are left out.
     */
    private void see(Frame frame) {
        frames.add(frame);
        if (frame.event().equals("status")) {
            boolean isNext = seqOf(frame) == seq + 1;
            if (!isNext) jumps.add(new Jump(seq, seqOf(frame)));
            if (early > 0 && (isNext || early > frame.epoch())) complainOfEarly();
            early = 0;
            seq = seqOf(frame);
            epoch = frame.epoch();
        } else if (frame.event().equals("done")) {
            if (early > 0) complainOfEarly();
            for (Jump jump : jumps) {
                if (!jump.isOfWindow(seqOf(frame))) complain("was told status " + jump.to() + " after " + jump.from());
            }
        } else if (frame.event().equals("chunk") && !isOf(frame.epoch())) {
            if (frame.epoch() < epoch) complain("was told a chunk of epoch " + frame.epoch() + " in epoch " + epoch);
            else early = Math.max(early, frame.epoch());
        }
    }

    private void complainOfEarly() {
        complain("was told a chunk of epoch " + early + " in epoch " + epoch);
    }

    /** Where entries fence, somebody who has lost the run may have written before the epoch opened, and was rewound then. */
    private boolean isOf(long sender) {
        return sender == epoch || (sender < epoch && world.isFencedByOpening());
    }

    private static long seqOf(Frame frame) {
        return Long.parseLong(frame.id().split("\\.", -1)[2]);
    }

    private void complain(String what) {
        world.complain(run + ": watcher " + name + " " + what);
    }

    boolean hasSeenTheEnd() {
        return !frames.isEmpty() && frames.getLast().event().equals("done");
    }
}
