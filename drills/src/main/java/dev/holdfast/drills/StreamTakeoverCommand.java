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

/** {@code holdfast drill stream-takeover}. */
@Command(
        name = "stream-takeover",
        description = {
            "Lets a node die while what it executes sends: runs that send in steps, between steps, in parallel steps, whose next"
                    + " attempt fails or sends nothing, or that are cancelled. Each is watched at every node from its beginning,"
                    + " from the middle on, and when it has ended. One node of five is told to end by SIGTERM, and the last one"
                    + " is frozen by SIGSTOP and goes on when all is over.",
            "",
            "Everybody who watched must end with the same text: the chunks of what was recorded, each once. It prints a timeline,"
                    + " how many chunks were kept and how many were taken back, and a verdict: HELD or VIOLATED."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast drill stream-takeover               about two minutes",
            "  holdfast drill stream-takeover --quick       one that dies, and one that is frozen",
            "  holdfast drill stream-takeover --rounds 40   more figures"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:HELD",
            "1:VIOLATED; the logs of the nodes and the report are kept",
            "2:wrong usage",
            "3:the drill could not be done: the database or the nodes do not even start",
            "5:a mistake of this program; with HOLDFAST_DEBUG=1 it shows where"
        },
        mixinStandardHelpOptions = true)
final class StreamTakeoverCommand implements Callable<Integer> {
    private static final int IN_SHORT = 2;

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
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "12",
            description = "How often something is done to a node (default: 12).")
    private int rounds;

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

    @Override
    public Integer call() throws IOException, InterruptedException {
        var outlet = new Outlet(spec, json);
        outlet.check("--nodes", nodes, 2, 20);
        outlet.check("--rounds", rounds, 1, 1_000);
        long chosen = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000) : seed;
        Path folder = Files.createTempDirectory("holdfast-drill-");
        var plan = new StreamTakeover.Plan(nodes, quick ? IN_SHORT : rounds, chosen, folder, postgres);
        try {
            var drill = new StreamTakeover(plan, Program.server(), Outlet.progress());
            return outlet.tell(drill.run(), folder, keep);
        } catch (IllegalStateException | UncheckedIOException e) {
            return outlet.couldNot(e.getMessage() + "; what there is lies in " + folder);
        }
    }
}
