package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.localpg.TestDatabase;
import dev.holdfast.node.KeyBook;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code holdfast keys} does to a database. */
class KeysCommandTest {
    private final TestDatabase database = TestDatabase.fresh();

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void whoOnlyLooksMakesNoTables() {
        assertThat(run(Exit.REFUSED, "keys", "list")).contains("schema_missing", "holdfast server");
        assertThat(run(Exit.REFUSED, "keys", "revoke", "0123456789ab")).contains("schema_missing");
        assertThat(database.server().query(database.name(), "SELECT FROM pg_namespace WHERE nspname = 'holdfast'"))
                .isEqualTo(List.of());

        run(Exit.OK, "keys", "create", "chief", "--scope", "admin");
        assertThat(run(Exit.OK, "keys", "list")).contains("chief", "valid");
    }

    @Test
    void whoOnlyLooksBringsNoTablesUp() {
        run(Exit.OK, "keys", "create", "chief", "--scope", "admin");
        change("DELETE FROM holdfast.flyway_schema_history WHERE version = '5'");

        assertThat(run(Exit.REFUSED, "keys", "list")).contains("schema_too_old", "start a node of this version");
        assertThat(database.server()
                        .query(
                                database.name(),
                                "SELECT count(*) FROM holdfast.flyway_schema_history WHERE version = '5'"))
                .containsExactly(List.of("0"));
    }

    @Test
    void aKeyBeginsNoUpgrade() {
        run(Exit.OK, "keys", "create", "chief", "--scope", "admin");
        change("DELETE FROM holdfast.flyway_schema_history WHERE version = '5'");

        assertThat(run(Exit.REFUSED, "keys", "create", "other", "--scope", "read"))
                .contains("schema_too_old", "start a node of this version");
        assertThat(ask("SELECT max(version) FROM holdfast.flyway_schema_history"))
                .isEqualTo("4");
        assertThat(ask("SELECT string_agg(name, ',') FROM holdfast.api_keys")).isEqualTo("chief");
    }

    @Test
    void aServerThatOnlyLooksForAKeyMakesNoTablesAndBringsNoneUp() {
        String[] server = {"server", "--host", "0.0.0.0", "--port", "0"};
        assertThat(run(Exit.REFUSED, server)).contains("keys_required");
        assertThat(ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'holdfast'"))
                .isEqualTo("0");

        run(Exit.OK, "keys", "create", "chief", "--scope", "admin");
        change("DELETE FROM holdfast.flyway_schema_history WHERE version = '5'");
        change("UPDATE holdfast.api_keys SET revoked = 1");
        assertThat(run(Exit.REFUSED, server)).contains("keys_required");
        assertThat(ask("SELECT max(version) FROM holdfast.flyway_schema_history"))
                .isEqualTo("4");
        change("UPDATE holdfast.api_keys SET revoked = NULL");
        assertThat(KeyBook.at(database.url().toString()).hasValid()).isTrue();
        assertThat(ask("SELECT max(version) FROM holdfast.flyway_schema_history"))
                .isEqualTo("4");
    }

    private String ask(String sql) {
        return database.server().query(database.name(), sql).getFirst().getFirst();
    }

    private void change(String sql) {
        database.server().query(database.name(), sql);
    }

    private String run(int exit, String... words) {
        var out = new StringWriter();
        var all = new ArrayList<>(List.of(words));
        all.add("--postgres");
        all.add(database.url().toString());
        assertThat(Main.run(all.toArray(String[]::new), new PrintWriter(out), new PrintWriter(out)))
                .as("%s", out)
                .isEqualTo(exit);
        return out.toString();
    }
}
