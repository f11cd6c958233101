package dev.holdfast.sqlite;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A look at a data folder that is there, for whoever wants to know what is wrong with it. Nothing is changed, except that
 * the folder's lock is held while it looks.
 *
 * @param state what was found
 * @param detail for people
 */
public record Inspection(State state, String detail) {
    public enum State {
        /** No database yet. */
        EMPTY,
        /** It was read, and nothing is wrong. */
        HEALTHY,
        /** Another process uses it; it was not read. */
        IN_USE,
        /** It cannot be used like this. */
        BROKEN
    }

    private static final String CHECK = "PRAGMA quick_check(1)";
    private static final String RUNS = "SELECT count(*) FROM runs";

    public static Inspection of(Path folder) {
        FolderLock lock;
        try {
            lock = FolderLock.take(folder);
        } catch (Refused e) {
            State state = e.code().equals("data_folder_in_use") ? State.IN_USE : State.BROKEN;
            return new Inspection(state, message(e));
        }
        try (lock) {
            return look(new Database(folder));
        }
    }

    private static Inspection look(Database database) {
        if (!Files.exists(database.file())) return new Inspection(State.EMPTY, "there is no database yet");
        try (Session session = database.forReading()) {
            String verdict = session.ask(CHECK);
            if (!verdict.equals("ok")) {
                return new Inspection(State.BROKEN, "database_corrupt: " + database.file() + ": " + verdict);
            }
            return new Inspection(State.HEALTHY, database.file() + " is sound and has " + session.ask(RUNS) + " runs");
        } catch (SQLException e) {
            return new Inspection(State.BROKEN, message(Trouble.atOpen(e, database.file())));
        }
    }

    private static String message(RuntimeException e) {
        String code = e instanceof HoldfastException known ? known.code() + ": " : "";
        return code + e.getMessage();
    }
}
