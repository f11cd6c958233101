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

/** {@code holdfast drill crash}. */
@Command(
        name = "crash",
        description = {
            "Starts a server of its own in a temporary folder, gives it work, and kills it with kill -9 at random moments,"
                    + " again and again. Then checks from outside that every acknowledged run ended exactly once, that"
                    + " every step is recorded once, that the results are those of an undisturbed run, that no key has"
                    + " two runs, and that early and late watchers end with the same text.",
            "",
            "It prints a timeline and a verdict: HELD or VIOLATED."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast drill crash                       15 to 20 seconds",
            "  holdfast drill crash --kills 20 --runs 6   longer and harder",
            "  holdfast drill crash --store postgres      the same on a PostgreSQL of the drill's own",
            "  holdfast drill crash --seed 42 --keep      the same kills again; keeps data, log and report"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:HELD",
            "1:VIOLATED; the data folder, the server's log and the report are kept",
            "2:wrong usage",
            "3:the drill could not be done, because the server does not start at all",
            "5:a mistake of this program; with HOLDFAST_DEBUG=1 it shows where"
        },
        mixinStandardHelpOptions = true)
final class CrashCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Word counts to run (default: 3).")
    private int runs;

    @Option(names = "--kills", paramLabel = "K", defaultValue = "5", description = "How often to kill (default: 5).")
    private int kills;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Makes the same moments and files again (default: random; the report names it).")
    private @Nullable Long seed;

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description =
                    "Where its runs are: sqlite, a file of one process; or postgres, a server of the drill's own, on"
                            + " which whoever comes after a kill is another node (default: sqlite).")
    private CrashDrill.Store store = CrashDrill.Store.SQLITE;

    @Option(names = "--keep", description = "Keep the folder also when everything held.")
    private boolean keep;

    @Option(
            names = "--json",
            description = "Print the report as JSON. An error is a line of JSON on stderr: {code, message, exit}.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var outlet = new Outlet(spec, json);
        outlet.check("--runs", runs, 1, 100);
        outlet.check("--kills", kills, 1, 1_000);
        long chosen = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000) : seed;
        Path folder = Files.createTempDirectory("holdfast-drill-");
        try {
            var plan = new CrashDrill.Plan(runs, kills, chosen, folder, store);
            return outlet.tell(new CrashDrill(plan, Outlet.progress()).run(), folder, keep);
        } catch (IllegalStateException | UncheckedIOException e) {
            return outlet.couldNot(e.getMessage() + "; what there is lies in " + folder);
        }
    }
}
