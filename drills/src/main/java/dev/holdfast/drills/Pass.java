package dev.holdfast.drills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What lets a drill ask nodes whose database has API keys: a key of its own, which it makes as everybody does, by {@code holdfast
 * keys}, and revokes in the end. Where no key was ever made it makes none, for that would shut out everybody else.
 */
final class Pass implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String NO_TABLES = "schema_missing";

    private final Database database;
    private final @Nullable String id;
    private final @Nullable String key;
    private final Consumer<String> warning;
    private final Thread last = new Thread(this::revoke, "drill-key");

    private Pass(Database database, @Nullable String id, @Nullable String key, Consumer<String> warning) {
        this.database = database;
        this.id = id;
        this.key = key;
        this.warning = warning;
        // A drill that is broken off leaves no key behind.
        if (id != null) Runtime.getRuntime().addShutdownHook(last);
    }

    /**
     * @param name of the key, for people
     * @param warning is told of a key that could not be revoked
     * @throws IllegalStateException if there are keys, and none can be made
     */
    static Pass of(Database database, String name, Consumer<String> warning) throws InterruptedException {
        if (database.own() != null || !hasKeys(database)) return new Pass(database, null, null, warning);
        JsonNode made = keys(database, "create", name, "--scope", "write").demanded();
        return new Pass(database, made.path("id").asString(), made.path("key").asString(), warning);
    }

    private static boolean hasKeys(Database database) throws InterruptedException {
        Said said = keys(database, "list");
        // Where no node has ever been is no key, either.
        return !said.code().equals(NO_TABLES) && !said.demanded().path("keys").isEmpty();
    }

    /** What nodes are sent; null if they want nothing. */
    @Nullable
    String key() {
        return key;
    }

    private void revoke() {
        if (id == null) return;
        try {
            keys(database, "revoke", id).demanded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            remains(e);
        } catch (IllegalStateException | UncheckedIOException e) {
            remains(e);
        }
    }

    /** What was found stands, whatever becomes of the key. */
    private void remains(Exception why) {
        warning.accept("the API key " + id + " of the drill was not revoked, 'holdfast keys revoke " + id
                + "' does that: " + why.getMessage());
    }

    @Override
    public void close() {
        if (id == null) return;
        Runtime.getRuntime().removeShutdownHook(last);
        revoke();
    }

    /**
     * What the command has said.
     *
     * @param out its answer, or what is wrong
     */
    private record Said(String command, int exit, JsonNode out) {
        /** Of what is wrong; empty if nothing is. */
        String code() {
            return exit == 0 ? "" : out.path("code").asString("");
        }

        JsonNode demanded() {
            if (exit == 0) return out;
            throw new IllegalStateException(
                    "'" + command + "' has failed: " + out.path("message").asString(out.toString()));
        }
    }

    private static Said keys(Database database, String... what) throws InterruptedException {
        var command = new ArrayList<>(List.of("keys"));
        command.addAll(List.of(what));
        command.add("--json");
        var builder = new ProcessBuilder(JavaCommand.like(Program.MAIN, command.toArray(String[]::new)));
        builder.environment().put("HOLDFAST_POSTGRES", database.url());
        String shown = "holdfast keys " + what[0];
        try {
            var process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String trouble = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int exit = process.waitFor();
            // What the virtual machine says comes before.
            String line = exit == 0 ? said : trouble.substring(trouble.lastIndexOf('\n') + 1);
            return new Said(shown, exit, JSON.readTree(line));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start '" + shown + "': " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new IllegalStateException("'" + shown + "' has not said what became of it: " + e.getMessage(), e);
        }
    }
}
