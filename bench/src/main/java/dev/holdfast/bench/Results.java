package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;

/** What a benchmark has found. */
interface Results {
    /** For people. */
    String table();

    /** For programs. */
    String json();

    /** Writes a page with a chart, and the data. */
    void write(Path folder) throws IOException;
}
