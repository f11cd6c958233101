package dev.holdfast.sqlite;

import dev.holdfast.core.Refused;
import dev.holdfast.core.stream.Item;
import dev.holdfast.engine.port.Appended;
import dev.holdfast.engine.port.Fault;
import dev.holdfast.engine.port.StreamLog.Append;
import dev.holdfast.sql.EntryRow;
import dev.holdfast.sql.Sql;
import java.sql.SQLException;

/** Appends to one run's stream, if its row has the epoch and the holder that are named. */
final class AppendWork extends Work<Appended> {
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
    Appended in(Transaction tx) throws SQLException {
        Refused fault = Fault.of(append).orElse(null);
        if (fault != null) return refusal(fault);
        var by = append.by();
        boolean admitted = tx.read(FENCE)
                .id(append.run())
                .number(by.epoch())
                .number(by.holder().number())
                .number(by.holder().incarnation())
                .text(by.holder().kind())
                .any();
        if (!admitted) return new Appended.Lost();
        long number = tx.read(HEAD).id(append.run()).single();
        for (Item item : append.items()) {
            Sql entry = tx.write(ENTRY).id(append.run()).number(++number).number(by.epoch());
            EntryRow.write(entry, item).update();
        }
        tx.write(MOVE_HEAD).id(append.run()).number(number).update();
        return new Appended.At(number);
    }

    @Override
    Appended refusal(Refused why) {
        return new Appended.Rejected(why);
    }
}
