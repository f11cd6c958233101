package dev.holdfast.nats;

import dev.holdfast.core.RunId;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.nats.Positions.Position;
import dev.holdfast.nats.Wire.Found;
import io.nats.client.JetStreamApiException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The course of one append: in each turn one thing is asked of JetStream, and its answer heard. It looks at what is there if
 * it does not know, and then sends message after message.
 */
final class Course {
    private static final int ANOTHER_IS_LAST = 10071;

    private final Appends all;
    private final Append append;
    /** Of what is to be appended, how much is there. */
    private int done;
    /** Behind which message the next one belongs; null to look. */
    private @Nullable Long behind;

    private @Nullable CompletableFuture<@Nullable Found> looking;
    private @Nullable CompletableFuture<Long> sending;
    private @Nullable Parcel sent;
    private @Nullable Appended answer;

    Course(Appends all, Append append) {
        this.all = all;
        this.append = append;
        this.answer = Appends.fault(append);
    }

    RunId run() {
        return append.run();
    }

    /** Null as long as it is not done. */
    @Nullable
    Appended answer() {
        return answer;
    }

    void end(Appended with) {
        answer = with;
    }

    void ask() {
        looking = null;
        sending = null;
        if (behind == null) behind = known();
        if (behind == null) {
            looking = all.wire().last(run());
        } else {
            Parcel next = all.parcels(append, done).getFirst();
            sent = next;
            sending = all.wire().publish(run(), next, behind);
        }
    }

    /** Behind which message it belongs, if that is known and nothing speaks against it. */
    private @Nullable Long known() {
        if (all.isUnsure(run())) return null;
        var place = append.place();
        long last = place.isOpening() ? place.opened() : place.last();
        if (last == 0) return 0L;
        return all.positions()
                .of(run(), last)
                .filter(position -> position.last() == last && isOwn(position))
                .map(Position::sequence)
                .orElse(null);
    }

    /** What it has looked at to open, or has appended itself: it does not know of anything else. */
    private boolean isOwn(Position position) {
        return append.place().isOpening() || position.epoch() == append.by().epoch();
    }

    /** @throws Unavailable if there is no answer */
    void hear() {
        if (sending != null && sent != null) heardOf(sent, sending);
        else if (looking != null) found(Wire.await(looking));
    }

    private void heardOf(Parcel parcel, CompletableFuture<Long> ack) {
        long sequence;
        try {
            sequence = Wire.await(ack);
        } catch (Unavailable e) {
            if (!(e.getCause() instanceof JetStreamApiException refused)
                    || refused.getApiErrorCode() != ANOTHER_IS_LAST) throw e;
            // Somebody else has written, or this was stored without an answer.
            all.isUnsureOf(run());
            behind = null;
            return;
        }
        all.positions().put(run(), parcel.last(), new Position(sequence, parcel.last(), parcel.epoch()));
        behind = sequence;
        done += parcel.items().size();
        finishIfDone();
    }

    private void finishIfDone() {
        if (done == append.items().size())
            answer = new Appended.At(append.place().last() + done);
    }

    private void found(@Nullable Found tail) {
        long last = tail == null ? 0 : tail.parcel().last();
        long epoch = tail == null ? 0 : tail.parcel().epoch();
        long own = append.by().epoch();
        if (epoch > own) {
            answer = new Appended.Lost();
        } else if (epoch < own
                && (!append.place().isOpening() || last > append.place().opened())) {
            answer = new Appended.Moved();
        } else {
            // What is there of it is its beginning: whoever appends only adds at the end. If there is less than there
            // was, the
            // log has lost it; what follows keeps its numbers, so that whoever reads sees the hole.
            done = Math.clamp(last - append.place().last(), 0, append.items().size());
            finishIfDone();
            if (answer == null && all.isUnsure(run()) && !all.isHeld(append)) answer = new Appended.Lost();
            behind = tail == null ? 0L : (Long) tail.sequence();
        }
        all.isSure(run());
    }
}
