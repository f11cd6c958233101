package dev.holdfast.drills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What drills of several nodes have in common. */
@Command(
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:HELD",
            "1:VIOLATED; the logs of the nodes, the report and whatever else shows it are kept",
            "2:wrong usage",
            "3:the drill could not be done: the database or the nodes do not even start, or it is not possible here",
            "5:a mistake of this program; with HOLDFAST_DEBUG=1 it shows where"
        },
        mixinStandardHelpOptions = true)
abstract class FleetCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            description = "The database: postgres://user:password@host/database?sslmode=… (default: a server of the"
                    + " drill's own, in a temporary folder). Its runs stay there. If it has API keys, the drill makes"
                    + " one, and revokes it in the end.")
    private @Nullable String postgres;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "How many nodes (default: 3).")
    private int nodes;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Makes the same choices again (default: random; the report names it).")
    private @Nullable Long seed;

    @Option(names = "--quick", description = "In short: for a look, or a test.")
    private boolean quick;

    @Option(names = "--keep", description = "Keep the folder also when everything held.")
    private boolean keep;

    @Option(
            names = "--json",
            description = "Print the report as JSON. An error is a line of JSON on stderr: {code, message, exit}.")
    private boolean json;

    /**
     * Does it.
     *
     * @param folder for everything that it writes; is there, and empty
     * @param seed of its choices
     * @throws IllegalStateException if it cannot even begin
     */
    abstract Report report(Path folder, long seed) throws IOException, InterruptedException;

    /** Whether what else was asked for is possible. */
    abstract void check(Outlet outlet);

    /** Why it cannot be done; null if it can. */
    @Nullable
    String obstacle(boolean ownDatabase) {
        return null;
    }

    CommandSpec spec() {
        return spec;
    }

    int nodes() {
        return nodes;
    }

    /** Of the database; null for one of the drill's own. */
    @Nullable
    String postgres() {
        return postgres;
    }

    boolean isQuick() {
        return quick;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var outlet = new Outlet(spec, json);
        outlet.check("--nodes", nodes, 2, 20);
        check(outlet);
        String why = obstacle(postgres == null);
        return why == null ? drilled(outlet) : outlet.couldNot(why);
    }

    /** Does it, and tells what it has found. */
    int drilled(Outlet outlet) throws IOException, InterruptedException {
        long chosen = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000) : seed;
        Path folder = Files.createTempDirectory("holdfast-drill-");
        try {
            return outlet.tell(report(folder, chosen), folder, keep);
        } catch (IllegalStateException | UncheckedIOException e) {
            return outlet.couldNot(e.getMessage() + "; what there is lies in " + folder);
        }
    }
}
