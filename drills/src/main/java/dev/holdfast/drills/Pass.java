package dev.holdfast.drills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What lets a drill ask nodes whose database has API keys: a key of its own, which it makes as everybody does, by {@code holdfast
 * keys}, and revokes in the end. Where no key was ever made it makes none, for that would shut out everybody else.
 */
final class Pass implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Database database;
    private final @Nullable String id;
    private final @Nullable String key;
    private final Thread last = new Thread(this::revoke, "drill-key");

    private Pass(Database database, @Nullable String id, @Nullable String key) {
        this.database = database;
        this.id = id;
        this.key = key;
        // A drill that is broken off leaves no key behind.
        if (id != null) Runtime.getRuntime().addShutdownHook(last);
    }

    /**
     * @param name of the key, for people
     * @throws IllegalStateException if there are keys, and none can be made
     */
    static Pass of(Database database, String name) throws InterruptedException {
        if (database.own() != null || keys(database, "list").path("keys").isEmpty())
            return new Pass(database, null, null);
        JsonNode made = keys(database, "create", name, "--scope", "write");
        return new Pass(database, made.path("id").asString(), made.path("key").asString());
    }

    /** What nodes are sent; null if they want nothing. */
    @Nullable
    String key() {
        return key;
    }

    private void revoke() {
        if (id == null) return;
        try {
            keys(database, "revoke", id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "the API key " + id + " of the drill was not revoked: 'holdfast keys revoke " + id + "' does that",
                    e);
        }
    }

    @Override
    public void close() {
        if (id == null) return;
        Runtime.getRuntime().removeShutdownHook(last);
        revoke();
    }

    private static JsonNode keys(Database database, String... what) throws InterruptedException {
        var command = new String[what.length + 2];
        command[0] = "keys";
        System.arraycopy(what, 0, command, 1, what.length);
        command[what.length + 1] = "--json";
        var builder = new ProcessBuilder(JavaCommand.like(Program.MAIN, command));
        builder.environment().put("HOLDFAST_POSTGRES", database.url());
        try {
            var process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String trouble = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() == 0) return JSON.readTree(said);
            throw new IllegalStateException("'holdfast keys " + what[0] + "' has failed: " + trouble.strip());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start 'holdfast keys': " + e.getMessage(), e);
        }
    }
}
