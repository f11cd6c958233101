package dev.holdfast.engine.port;

import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunError;
import dev.holdfast.core.Snapshot;
import dev.holdfast.core.StepRecord;
import dev.holdfast.core.Wait;
import dev.holdfast.core.stream.Item;
import dev.holdfast.core.stream.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a change or an append by itself, whatever is written down already. Every ledger asks here before it
 * looks at anything else, so that no batch fails for something that could be seen beforehand.
 *
 * <p>Codes: {@code nul_character}; {@code snapshot_gap} if the snapshots do not lead up to the row's seq one by one;
 * {@code change_invalid} for what only a bug can ask for.
 */
public final class Fault {
    private Fault() {}

    /** The first fault of a change. */
    public static Optional<Refused> of(Change change) {
        return nul(change).or(() -> shape(change));
    }

    /** The first fault of an append. */
    public static Optional<Refused> of(StreamLog.Append append) {
        for (Item item : append.items()) {
            boolean nul = switch (item) {
                case Item.Chunk chunk -> nul(chunk.source()) || nul(chunk.data());
                case Item.Rewind rewind -> anyNul(rewind.drop());
                case Item.Gap gap -> false;
            };
            if (nul) return Optional.of(nulIn("a chunk", "the stream of run " + append.run()));
        }
        return Optional.empty();
    }

    private static Optional<Refused> nul(Change change) {
        String where = null;
        Request request = change.request();
        if (request != null && (nul(request.id()) || nul(request.fingerprint()) || nul(request.answer()))) {
            where = "the request id";
        }
        for (Write write : change.writes()) {
            boolean nul = switch (write) {
                case Write.Row w -> nul(w.run());
                case Write.Snap w -> nul(w.snapshot().cause());
                case Write.Payload w -> nul(w.json());
                case Write.Replace w -> nul(w.json());
                case Write.Step w -> nul(w.step());
                case Write.End w -> anyNul(w.end().drop());
                case Write.Post w -> nul(w.message().name()) || nul(w.message().body());
                case Write.Begin w -> nul(w.start()).isPresent();
                case Write.Await w -> false;
                case Write.Fire w -> nul(w.moves().name());
                case Write.Keep w -> nul(w.name()) || nul(w.json());
                case Write.Take w -> nul(w.name());
                case Write.OpenToken w -> nul(w.id());
                case Write.CompleteToken w -> nul(w.id());
                case Write.ToHistory w -> w.steps().stream().anyMatch(k -> nul(k.path()));
                case Write.Consume w -> false;
                case Write.ClearInbox w -> false;
                case Write.Remove w -> false;
            };
            if (nul) where = write.getClass().getSimpleName();
        }
        return where == null ? Optional.empty() : Optional.of(nulIn(where, "run " + change.run()));
    }

    private static Refused nulIn(String where, String what) {
        return new Refused(
                "nul_character",
                where + " of " + what + " contains a NUL character, which no database takes in text: remove it");
    }

    private static boolean nul(Run run) {
        var origin = run.origin();
        var place = run.place();
        var parked = run.status().parked();
        return nul(origin.task())
                || nul(origin.version())
                || nul(origin.key())
                || origin.tags().stream().anyMatch(Fault::nul)
                || (origin.parent() != null && nul(origin.parent().key().path()))
                || nul(place.queue())
                || (place.lane() != null && nul(place.lane().name()))
                || nul(place.slotOf())
                || nul(place.debounce())
                || (parked != null
                        && (parked.versions().stream().anyMatch(Fault::nul)
                                || nul(parked.key().path())
                                || nul(parked.recorded())
                                || nul(parked.called())));
    }

    private static boolean nul(StepRecord step) {
        RunError error = step.error();
        return nul(step.key().path())
                || nul(step.name())
                || nul(step.result())
                || (step.awaits() instanceof Wait.Signal signal && nul(signal.name()))
                || (error != null && (nul(error.code()) || nul(error.type())));
    }

    private static boolean anyNul(List<Source> sources) {
        return sources.stream().anyMatch(Fault::nul);
    }

    private static boolean nul(Source source) {
        return nul(source.key().path());
    }

    private static boolean nul(@Nullable String text) {
        return text != null && text.indexOf('\0') >= 0;
    }

    private static Optional<Refused> shape(Change change) {
        var rows = new ArrayList<Run>();
        var snapshots = new ArrayList<Snapshot>();
        boolean onlyPosts = true;
        boolean removes = false;
        for (Write write : change.writes()) {
            if (write instanceof Write.Row w) rows.add(w.run());
            if (write instanceof Write.Snap w) snapshots.add(w.snapshot());
            onlyPosts &= write instanceof Write.Post || write instanceof Write.CompleteToken;
            removes |= write instanceof Write.Remove;
        }
        boolean isNew = change.expect() instanceof Expect.Absent;
        if (rows.size() > 1) return invalid(change, "it has " + rows.size() + " rows");
        // Whoever has found nothing to be done may have that remembered.
        boolean onlyAnswers = change.writes().isEmpty() && change.request() != null;
        if (isNew && rows.isEmpty() && !onlyAnswers)
            return invalid(change, "it expects a new run and has no row for it");
        if (!rows.isEmpty() && !rows.getFirst().id().equals(change.run()))
            return invalid(change, "its row is another run");
        if (change.expect() instanceof Expect.Alive && !onlyPosts) {
            return invalid(change, "whoever does not hold the run may only post to it");
        }
        for (Write write : change.writes()) {
            if (write instanceof Write.Fire && !isNew) return invalid(change, "a schedule only fires with a new run");
            if (!(write instanceof Write.Begin begin)) continue;
            if (!(begin.start().expect() instanceof Expect.Absent)) return invalid(change, "a child of it is not new");
            Optional<Refused> fault = of(begin.start());
            if (fault.isPresent()) return fault;
        }
        if (removes && change.writes().size() > 1) return invalid(change, "a removal leaves nothing else to write");
        if (rows.isEmpty()) return snapshots.isEmpty() ? Optional.empty() : gap(change, "snapshots without a row");

        long seq = rows.getFirst().fence().seq();
        long first = seq - snapshots.size() + 1;
        for (int i = 0; i < snapshots.size(); i++) {
            if (snapshots.get(i).seq() != first + i) {
                return gap(change, "snapshot " + snapshots.get(i).seq() + " where " + (first + i) + " belongs");
            }
        }
        if (isNew && first != 1) return gap(change, "a new run whose snapshots do not begin at 1");
        return Optional.empty();
    }

    private static Optional<Refused> invalid(Change change, String why) {
        return Optional.of(new Refused(
                "change_invalid",
                "a change of run " + change.run() + " cannot be written: " + why + ". This is a bug"));
    }

    private static Optional<Refused> gap(Change change, String why) {
        return Optional.of(
                new Refused(
                        "snapshot_gap",
                        "a change of run " + change.run() + " cannot be written: " + why
                                + ". Each snapshot has the seq after the one before, and the last one the row's. This is a bug"));
    }
}
