package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Inputs, outputs, errors and ends of streams that a batch writes, and tags. */
final class PayloadWrites {
    private static final Columns.Type[] ROW = {UUID, TEXT, TEXT, TEXT, TEXT};
    private static final String INSERT =
            "INSERT INTO run_payloads (run, input, output, error, stream_end) SELECT * FROM " + Columns.unnest(ROW)
                    + " AS v";
    /** Writes no row if an input or an output is there already. */
    private static final String UPDATE = "UPDATE run_payloads p SET input = coalesce(v.input, p.input),"
            + " output = coalesce(v.output, p.output), error = coalesce(v.error, p.error),"
            + " stream_end = coalesce(v.stream_end, p.stream_end) FROM " + Columns.unnest(ROW)
            + " AS v(run, input, output, error, stream_end) WHERE p.run = v.run"
            + " AND (v.input IS NULL OR p.input IS NULL) AND (v.output IS NULL OR p.output IS NULL) RETURNING p.run";

    private static final String REPLACE = "UPDATE run_payloads p SET input = v.input FROM " + Columns.unnest(UUID, TEXT)
            + " AS v(run, input) WHERE p.run = v.run";
    private static final String TAG = "INSERT INTO run_tags (namespace, tag, run) SELECT * FROM "
            + Columns.unnest(TEXT, TEXT, UUID) + " AS v ON CONFLICT DO NOTHING";

    private final Transaction tx;
    private final Columns fresh = new Columns(ROW);
    private final Columns changed = new Columns(ROW);
    private final Columns replaced = new Columns(UUID, TEXT);
    private final Columns tags = new Columns(TEXT, TEXT, UUID);
    private final Map<RunId, ChangeWork> whose = new HashMap<>();

    PayloadWrites(Transaction tx) {
        this.tx = tx;
    }

    void add(Part part, ChangeWork work) {
        RunId run = part.run();
        String input = null;
        String output = null;
        String error = null;
        String end = null;
        boolean any = false;
        for (Write write : part.change().writes()) {
            switch (write) {
                case Write.End w -> {
                    end = Texts.end(w.end());
                    any = true;
                }
                case Write.Payload payload -> {
                    any = true;
                    switch (payload.kind()) {
                        case INPUT -> input = once(input, payload, run);
                        case OUTPUT -> output = once(output, payload, run);
                        case ERROR -> error = payload.json();
                    }
                }
                case Write.Replace w -> replaced.add(run, w.json());
                default -> {}
            }
        }
        if (part.isNew()) {
            fresh.add(run, input, output, error, end);
            var row = part.row();
            if (row == null) return;
            for (String tag : row.origin().tags())
                tags.add(row.origin().namespace().name(), tag, run);
        } else if (any) {
            changed.add(run, input, output, error, end);
            whose.put(run, work);
        }
    }

    private static String once(@Nullable String before, Write.Payload payload, RunId run) {
        if (before == null) return payload.json();
        throw new Refused("payload_written", "the " + payload.kind() + " of run " + run + " is written twice");
    }

    void write() throws SQLException {
        if (!fresh.isEmpty()) fresh.in(tx.sql(INSERT)).update();
        if (!tags.isEmpty()) tags.in(tx.sql(TAG)).update();
        if (!changed.isEmpty()) {
            var written = new HashSet<>(changed.in(tx.sql(UPDATE)).list(r -> r.id()));
            for (Map.Entry<RunId, ChangeWork> each : whose.entrySet()) {
                if (written.contains(each.getKey())) continue;
                throw Surprise.of(
                        each.getValue(),
                        new Refused(
                                "payload_written",
                                "the input or output of run " + each.getKey()
                                        + " is written already and never changes"));
            }
        }
        if (!replaced.isEmpty()) replaced.in(tx.sql(REPLACE)).update();
    }
}
