package dev.holdfast.drills;

import dev.holdfast.core.RunId;
import dev.holdfast.localpg.LocalPostgres;
import dev.holdfast.localpg.Settings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server of the drill's own was asked about runs, by its own log: it writes down each statement, with its values, before
 * it executes it. A node can count wrong, or not at all; this it cannot get around.
 */
record Statements(LocalPostgres server) {
    private static final String IN_RECOVERY = "SELECT pg_is_in_recovery()";

    /** Of a server that writes them down. */
    static Settings logged(Settings settings) {
        return settings.with("log_statement", "all");
    }

    /** How far the log has come. */
    long mark() {
        return server.log().toFile().length();
    }

    /** In how many lines each of these runs was named since then. */
    Map<String, Long> about(Collection<String> runs, long mark) {
        String[] lines = since(mark).split("\n", -1);
        var counts = new TreeMap<String, Long>();
        for (String run : runs) {
            String id = RunId.parse(run)
                    .orElseThrow(() -> new IllegalStateException("not the id of a run: " + run))
                    .uuid()
                    .toString();
            long count = 0;
            for (String line : lines) if (line.contains(id)) count++;
            counts.put(run, count);
        }
        return counts;
    }

    private String since(long mark) {
        try (var log = new RandomAccessFile(server.log().toFile(), "r")) {
            byte[] more = new byte[Math.toIntExact(log.length() - mark)];
            log.seek(mark);
            log.readFully(more);
            return new String(more, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the log of a server, " + server.log() + ": " + e.getMessage(), e);
        }
    }

    /** Whether every session of it is one of a replica. */
    boolean isReplica() {
        return "t".equals(server.query(Database.NAME, IN_RECOVERY).getFirst().getFirst());
    }
}
