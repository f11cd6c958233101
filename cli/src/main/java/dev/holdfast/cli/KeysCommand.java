package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.node.ApiKey;
import dev.holdfast.node.ApiKeys;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code holdfast keys}: asks the database and no node, since somebody must make the first one. */
@Command(
        name = "keys",
        description = {
            "Makes, lists and revokes the API keys of a cluster.",
            "",
            "As soon as there is one, every request to a node needs one ('Authorization: Bearer KEY'; this command sends"
                    + " $HOLDFAST_KEY). Scopes: read looks at everything; write also starts, cancels and sends; admin also"
                    + " changes queues and schedules and removes runs.",
            "The first one makes the tables if there are none; those of an older version are brought up by a node, not by this"
                    + " command (schema_too_old).",
            "A new key counts on all nodes at once, and a revoked one on none a second later; streams that are open end then,"
                    + " too.",
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            Exit.OK_LINE,
            Exit.USAGE_LINE,
            "3:refused: key_unknown, name_invalid, schema_missing, schema_too_old, database_… with what to fix",
            "4:the database does not answer",
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  export HOLDFAST_POSTGRES=postgres://app:secret@db/app",
            "  holdfast keys create deployments --scope write",
            "  holdfast keys list",
            "  holdfast keys revoke 0123456789ab"
        })
final class KeysCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print JSON, for programs. " + Client.JSON_ERRORS)
    private boolean json;

    @Override
    public void run() {
        throw Failure.usage("usage", "say which: keys create NAME, keys list, or keys revoke ID");
    }

    @Command(name = "create", description = "Makes one, and shows it, once: only its hash is stored.")
    int create(
            @Parameters(paramLabel = "NAME", description = "For people: whose it is, or what for.") String name,
            @Option(names = "--scope", paramLabel = "SCOPE", required = true, description = "read, write or admin.")
                    String scope,
            @Mixin Database database) {
        ApiKey.Scope wanted = scope(scope);
        ApiKeys.Made made = with(database, ApiKeys::at, keys -> keys.create(name, wanted));
        if (json) {
            print(Json.write(out -> {
                out.writeStartObject();
                out.writeStringProperty("key", made.key());
                write(out, made.what());
                out.writeEndObject();
            }));
        } else {
            print(made.key());
        }
        return Exit.OK;
    }

    @Command(name = "list", description = "Lists all that were ever made, the oldest first.")
    int list(@Mixin Database database) {
        List<ApiKey> keys = with(database, ApiKeys::present, ApiKeys::list);
        if (json) {
            print(Json.write(out -> {
                out.writeStartObject();
                out.writeName("keys");
                out.writeStartArray();
                for (ApiKey key : keys) {
                    out.writeStartObject();
                    write(out, key);
                    out.writeEndObject();
                }
                out.writeEndArray();
                out.writeEndObject();
            }));
            return Exit.OK;
        }
        if (keys.isEmpty())
            print(
                    "no keys: everybody on the machine of a node may do everything there, and no node is there for others");
        else print(row("KEY", "SCOPE", "AGE", "STATE", "NAME"));
        for (ApiKey key : keys) {
            String age = Times.age(Duration.between(key.created(), Instant.now()));
            print(row(key.id(), lower(key.scope()), age, key.holds() ? "valid" : "revoked", key.name()));
        }
        return Exit.OK;
    }

    @Command(name = "revoke", description = "Ends one for good. A repetition changes nothing.")
    int revoke(
            @Parameters(paramLabel = "ID", description = "As 'keys list' shows it; never the secret.") String id,
            @Mixin Database database) {
        with(database, ApiKeys::present, keys -> {
            keys.revoke(id);
            return id;
        });
        print(
                json
                        ? Json.write(out -> {
                            out.writeStartObject();
                            out.writeStringProperty("revoked", id);
                            out.writeEndObject();
                        })
                        : "revoked: within a second no node takes it any more");
        return Exit.OK;
    }

    /** Only who makes one makes tables for it, and nobody brings any up. */
    private static <T> T with(Database database, Function<String, ApiKeys> open, Function<ApiKeys, T> what) {
        Serving.quieten();
        try (var keys = open.apply(database.url())) {
            return what.apply(keys);
        } catch (HoldfastException e) {
            throw Failure.of(e);
        }
    }

    private static ApiKey.Scope scope(String text) {
        for (ApiKey.Scope each : ApiKey.Scope.values()) {
            if (lower(each).equals(text)) return each;
        }
        throw Failure.usage("usage", "--scope is read, write or admin, not '" + text + "'");
    }

    private static String lower(ApiKey.Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }

    private static void write(JsonGenerator out, ApiKey key) {
        out.writeStringProperty("id", key.id());
        out.writeStringProperty("name", key.name());
        out.writeStringProperty("scope", lower(key.scope()));
        out.writeStringProperty("created", key.created().toString());
        Instant revoked = key.revoked();
        if (revoked == null) out.writeNullProperty("revoked");
        else out.writeStringProperty("revoked", revoked.toString());
    }

    private void print(String line) {
        PrintWriter out = json
                ? spec.commandLine().getOut()
                : new PlainWriter(spec.commandLine().getOut());
        out.println(line);
        out.flush();
    }

    private static String row(String... cells) {
        return "%-12s  %-5s  %5s  %-7s  %s".formatted((Object[]) cells);
    }
}
