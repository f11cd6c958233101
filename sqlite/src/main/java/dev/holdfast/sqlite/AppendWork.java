package dev.holdfast.sqlite;

import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.StreamLog.Append;
import java.sql.SQLException;
import java.util.OptionalLong;

/** Appends to one run's stream, if its row has the epoch and the holder that are named. */
final class AppendWork extends Work<OptionalLong> {
    private static final String FENCE = "SELECT 1 FROM runs WHERE id = ? AND epoch = ? AND holder_number = ?"
            + " AND holder_incarnation = ? AND holder_kind = ?";
    private static final String HEAD = "SELECT head FROM stream_heads WHERE run = ?";
    private static final String MOVE_HEAD =
            "INSERT INTO stream_heads (run, head) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET head = excluded.head";
    private static final String ENTRY =
            "INSERT INTO chunks (run, number, epoch, kind, source, data) VALUES (?, ?, ?, ?, ?, ?)";

    private final Append append;

    AppendWork(Append append) {
        this.append = append;
    }

    @Override
    OptionalLong in(Transaction tx) throws SQLException {
        var by = append.by();
        boolean admitted = tx.read(FENCE)
                .id(append.run())
                .number(by.epoch())
                .number(by.holder().number())
                .number(by.holder().incarnation())
                .text(by.holder().kind())
                .any();
        if (!admitted) return OptionalLong.empty();
        long number = tx.read(HEAD).id(append.run()).single();
        for (Item item : append.items()) {
            Sql entry = tx.write(ENTRY).id(append.run()).number(++number).number(by.epoch());
            EntryRow.write(entry, item).update();
        }
        tx.write(MOVE_HEAD).id(append.run()).number(number).update();
        return OptionalLong.of(number);
    }
}
