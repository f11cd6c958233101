package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.NUMBER;
import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.sql.EntryRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch appends to streams. Numbers come from the head's row, which the update locks: a snapshot's maximum would be
 * two writers' number.
 */
final class StreamWrites {
    private static final String MOVE =
            "INSERT INTO stream_heads (run, head) SELECT * FROM " + Columns.unnest(UUID, NUMBER)
                    + " AS v ON CONFLICT (run) DO UPDATE SET head = stream_heads.head + excluded.head RETURNING run, head";
    private static final Columns.Type[] ENTRY = {UUID, NUMBER, NUMBER, NUMBER, TEXT, TEXT};
    private static final String INSERT = "INSERT INTO chunks (run, number, epoch, kind, source, data) SELECT * FROM "
            + Columns.unnest(ENTRY) + " AS v";

    private final Transaction tx;
    private final List<AppendWork> appends = new ArrayList<>();

    StreamWrites(Transaction tx) {
        this.tx = tx;
    }

    void add(AppendWork work, Scene scene) {
        var append = work.append();
        Refused fault = Fault.of(append).orElse(null);
        Locked run = scene.run(append.run());
        if (fault != null) work.becomes(new Appended.Rejected(fault));
        else if (run == null || !run.fence().admits(append.by())) work.becomes(new Appended.Lost());
        else appends.add(work);
    }

    void write() throws SQLException {
        if (appends.isEmpty()) return;
        var moves = new Columns(UUID, NUMBER);
        for (AppendWork work : appends)
            moves.add(work.append().run(), work.append().items().size());
        Map<RunId, Long> heads = new HashMap<>();
        moves.in(tx.sql(MOVE)).list(r -> {
            RunId run = r.id();
            heads.put(run, r.number());
            return run;
        });
        var entries = new Columns(ENTRY);
        for (AppendWork work : appends) {
            var append = work.append();
            Long head = heads.get(append.run());
            if (head == null) throw new IllegalStateException("the stream of " + append.run() + " has no head");
            long number = head - append.items().size();
            for (Item item : append.items()) {
                var row = new ArrayList<@Nullable Object>();
                row.add(append.run());
                number++;
                row.add((Long) number);
                row.add((Long) append.by().epoch());
                row.addAll(EntryRow.values(item));
                entries.add(row);
            }
            work.becomes(new Appended.At(head));
        }
        entries.in(tx.sql(INSERT)).update();
    }
}
