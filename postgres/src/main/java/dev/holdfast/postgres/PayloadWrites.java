package dev.holdfast.postgres;

import static dev.holdfast.postgres.Columns.Type.TEXT;
import static dev.holdfast.postgres.Columns.Type.UUID;

import dev.holdfast.core.Refused;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Write;
import dev.holdfast.sql.Texts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Inputs, outputs, errors and ends of streams that a batch writes, and tags. */
final class PayloadWrites {
    private static final List<String> KINDS = List.of("input", "output", "error", "stream_end");
    private static final Set<String> ONCE = Set.of("input", "output");
    private static final Table PAYLOADS =
            Table.of("run_payloads", "run, " + String.join(", ", KINDS), UUID, TEXT, TEXT, TEXT, TEXT);
    /** Lists walk it: what they ask for stands beside the payloads, whose row moves less than the run's. */
    private static final Table FRESH = Table.of(
            "run_payloads",
            "run, " + String.join(", ", KINDS) + ", namespace, task",
            UUID,
            TEXT,
            TEXT,
            TEXT,
            TEXT,
            TEXT,
            TEXT);

    private static final String REPLACE = "UPDATE run_payloads p SET input = v.input FROM " + Columns.unnest(UUID, TEXT)
            + " AS v(run, input) WHERE p.run = v.run";
    private static final String TAG = "INSERT INTO run_tags (namespace, tag, run) SELECT * FROM "
            + Columns.unnest(TEXT, TEXT, UUID) + " AS v ON CONFLICT DO NOTHING";

    private final Transaction tx;
    private final Columns fresh = FRESH.rows();
    private final Columns changed = PAYLOADS.rows();
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
            var row = part.row();
            // Nothing begins: only an answer is kept.
            if (row == null) return;
            String namespace = row.origin().namespace().name();
            fresh.add(run, input, output, error, end, namespace, row.origin().task());
            for (String tag : row.origin().tags()) tags.add(namespace, tag, run);
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
        NewRows.write(tx, FRESH, fresh);
        if (!tags.isEmpty()) tags.in(tx.sql(TAG)).update();
        if (!changed.isEmpty()) {
            var written = change();
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

    /**
     * What a run has gets something more: those kinds that some run of the batch has something of.
     *
     * @return those that were written: none that has an input or an output already and is given another
     */
    private Set<RunId> change() throws SQLException {
        var sent = new ArrayList<Integer>(List.of(0));
        var set = new ArrayList<String>();
        var where = new StringBuilder();
        for (String kind : KINDS) {
            int at = PAYLOADS.columns().indexOf(kind);
            if (!changed.isFilled(at)) continue;
            sent.add(at);
            set.add(kind + " = coalesce(v." + kind + ", p." + kind + ")");
            if (ONCE.contains(kind))
                where.append(" AND (v.")
                        .append(kind)
                        .append(" IS NULL OR p.")
                        .append(kind)
                        .append(" IS NULL)");
        }
        String text = "UPDATE run_payloads p SET " + String.join(", ", set) + " FROM " + PAYLOADS.source(sent)
                + " WHERE p.run = v.run" + where + " RETURNING p.run";
        return Set.copyOf(changed.only(sent).in(tx.sql(text)).list(r -> r.id()));
    }
}
