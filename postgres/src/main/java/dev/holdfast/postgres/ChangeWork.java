package dev.holdfast.postgres;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.StepKey;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A change, and what is found out about it. */
final class ChangeWork extends Work<Receipt> {
    private final Part part;
    private final Set<Object> touches;

    ChangeWork(Change change) {
        this.part = Part.of(change);
        this.touches = touchesOf(part);
    }

    /** A request id. */
    record RequestKey(String namespace, String id) {
        static RequestKey of(Request request) {
            return new RequestKey(request.namespace().name(), request.id());
        }
    }

    /** What only one run at a time may have: a business key, or a debounce key. */
    record Unique(Kind kind, String namespace, String task, String key) implements Comparable<Unique> {
        enum Kind {
            BUSINESS,
            DEBOUNCE
        }

        /** What a new run wants; null for nothing. */
        static @Nullable Unique of(Run run) {
            String debounce = run.place().debounce();
            if (debounce != null) return of(Kind.DEBOUNCE, run, debounce);
            String key = run.origin().key();
            return key == null ? null : of(Kind.BUSINESS, run, key);
        }

        private static Unique of(Kind kind, Run run, String key) {
            return new Unique(
                    kind, run.origin().namespace().name(), run.origin().task(), key);
        }

        String text() {
            return kind + "\n" + namespace + "\n" + task + "\n" + key;
        }

        @Override
        public int compareTo(Unique other) {
            return text().compareTo(other.text());
        }
    }

    /** A schedule. */
    record ScheduleKey(String namespace, String name) {}

    /** Who a child is, whoever starts it. */
    private record ChildKey(RunId parent, int attempt, StepKey key) {}

    private static Set<Object> touchesOf(Part part) {
        var all = new HashSet<>();
        for (Part each : part.all()) {
            all.add(each.run());
            Run row = each.row();
            Request request = each.change().request();
            if (request != null) all.add(RequestKey.of(request));
            for (Write write : each.change().writes()) {
                switch (write) {
                    case Write.Await await -> all.add(await.target());
                    case Write.Post post when post.message().kind() == Message.Kind.CANCEL -> all.add(post.to());
                    case Write.Fire fire ->
                        all.add(new ScheduleKey(
                                fire.moves().namespace().name(), fire.moves().name()));
                    default -> {}
                }
            }
            if (row == null) continue;
            // Who ends may free the key that the next one wants.
            Unique unique = each.isNew() || each.ends() ? Unique.of(row) : null;
            if (unique != null) all.add(unique);
            if (!each.isNew()) continue;
            var parent = row.origin().parent();
            if (parent != null) all.add(new ChildKey(parent.run(), parent.attempt(), parent.key()));
        }
        return all;
    }

    Part part() {
        return part;
    }

    @Nullable
    Request request() {
        return part.change().request();
    }

    /** Whether it is met again anyway by whoever asks for it. */
    boolean mayBeLeft() {
        return part.change().expect() instanceof Expect.AsRead read && read.ifBusy() == Expect.IfBusy.LEAVE;
    }

    @Override
    Set<Object> touches() {
        return touches;
    }

    @Override
    boolean begins() {
        return part.isNew() || part.queues();
    }

    @Override
    Receipt refusal(Refused why) {
        return new Receipt.Rejected(why);
    }

    boolean isApplied() {
        return result() instanceof Receipt.Applied;
    }
}
