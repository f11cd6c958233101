package dev.holdfast.cli;

import dev.holdfast.sqlite.LedgerContent;
import java.nio.file.Path;

/** What is in a backup, in words and in JSON. */
final class Contents {
    private Contents() {}

    static String sentence(LedgerContent content) {
        String newest = content.newest() == null ? "" : ", the newest of " + content.newest();
        return content.runs() + " runs" + newest + ", " + content.unfinished() + " of them not ended; "
                + content.bytes() / 1_000 + " kB, schema version " + content.schema();
    }

    static String json(Path file, LedgerContent content) {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeStringProperty("file", file.toString());
            out.writeNumberProperty("schema", content.schema());
            out.writeNumberProperty("runs", content.runs());
            out.writeNumberProperty("unfinished", content.unfinished());
            var newest = content.newest();
            if (newest == null) out.writeNullProperty("newest");
            else out.writeStringProperty("newest", newest.toString());
            out.writeNumberProperty("bytes", content.bytes());
            out.writeEndObject();
        });
    }
}
