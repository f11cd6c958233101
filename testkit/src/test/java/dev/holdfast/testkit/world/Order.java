package dev.holdfast.testkit.world;

import dev.holdfast.engine.Frame;
import dev.holdfast.engine.port.SnapshotWindow;
import java.util.ArrayList;
import java.util.List;

/**
 * In which order somebody is told of a run: everything of an epoch after the status that began it, and no status twice or not at
 * all; but for who is behind by more than a window, and goes on with the first one of that, after what was sent in epochs of which it
 * has none.
 */
final class Order {
    private final boolean isFencedByOpening;
    private final List<Jump> jumps = new ArrayList<>();
    private long seq;
    private long epoch;
    /** Of a chunk that came before any status of its epoch, which the window must have left out; 0 for none. */
    private long early;

    /** A status that is not the next one. */
    private record Jump(long from, long to) {
        /** Whether it was the first of the window when it was read, as far as the run's last status lets it be. */
        boolean isOfWindow(long last) {
            return to > from && last >= to + SnapshotWindow.MOST - 1;
        }
    }

    /** @param isFencedByOpening then who has lost the run may have written before the epoch opened, and was rewound */
    Order(boolean isFencedByOpening) {
        this.isFencedByOpening = isFencedByOpening;
    }

    /** The next frame. @return what is wrong */
    List<String> see(Frame frame) {
        var wrong = new ArrayList<String>();
        switch (frame.event()) {
            case "status" -> seeStatus(frame, wrong);
            case "done" -> {
                if (early > 0) wrong.add(sentIn(early));
                for (Jump jump : jumps) {
                    if (!jump.isOfWindow(seqOf(frame))) {
                        wrong.add("was told status " + jump.to() + " after " + jump.from());
                    }
                }
            }
            case "chunk" -> {
                long newest = Math.max(epoch, early);
                if (frame.epoch() < newest && !isFencedByOpening) wrong.add(sentIn(frame.epoch()));
                if (frame.epoch() > newest) early = frame.epoch();
            }
            default -> {}
        }
        return wrong;
    }

    private void seeStatus(Frame frame, List<String> wrong) {
        boolean isNext = seqOf(frame) == seq + 1;
        if (!isNext) jumps.add(new Jump(seq, seqOf(frame)));
        if (early > 0 && (isNext || early >= frame.epoch())) wrong.add(sentIn(early));
        early = 0;
        seq = seqOf(frame);
        epoch = frame.epoch();
    }

    private String sentIn(long sender) {
        return "was told a chunk of epoch " + sender + " in epoch " + epoch;
    }

    private static long seqOf(Frame frame) {
        return Long.parseLong(frame.id().split("\\.", -1)[2]);
    }
}
