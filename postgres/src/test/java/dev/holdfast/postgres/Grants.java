package dev.holdfast.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The statements of docs/operations.md, as they stand there. */
final class Grants {
    private static final Path PAGE = Path.of(System.getProperty("basedir", "."), "..", "docs", "operations.md");
    private static final String FENCE = "```";

    private Grants() {}

    /** For a user who works on tables of another one's. */
    static List<String> ofTheHandbook(String database, String worker) {
        return block("CREATE ROLE worker", database, worker);
    }

    /** For a user who has the schema, and nothing else. */
    static List<String> ofAnOwner(String database, String owner) {
        return block("CREATE ROLE app", database, owner);
    }

    /** The statements of the block that begins like this. */
    private static List<String> block(String beginning, String database, String role) {
        String page;
        try {
            page = Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int begin = page.indexOf(FENCE + "sql\n" + beginning) + FENCE.length() + "sql\n".length();
        String name = beginning.substring(beginning.lastIndexOf(' ') + 1);
        return Stream.of(page.substring(begin, page.indexOf(FENCE, begin)).split(";", -1))
                .map(sql -> sql.replaceAll("--[^\n]*", "")
                        .replace("DATABASE app", "DATABASE " + database)
                        .replaceAll("\\bROLE owner\\b", "ROLE postgres")
                        .replaceAll("\\b" + name + "\\b", role)
                        .strip())
                .filter(sql -> !sql.isEmpty())
                .toList();
    }
}
