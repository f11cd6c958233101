package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.sqlite.Backup;
import dev.holdfast.sqlite.LedgerContent;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast backup}. */
@Command(
        name = "backup",
        description = {
            "Copies the ledger of a data folder into one file, while its server goes on.",
            "",
            "The copy is the ledger at one moment, with everything that was acknowledged before. It is read from the folder,"
                    + " by a connection that cannot write: so it is taken on the machine of the server, by a user that may"
                    + " read and write the folder, also if the server is stopped or does not answer. FILE is there when the"
                    + " copy is complete, was checked, and has reached the disk.",
            "",
            "Until it is done, holdfast.db-wal beside the ledger grows by what is written meanwhile.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            Exit.OK_LINE,
            Exit.USAGE_LINE,
            "3:refused: no_ledger, backup_exists, disk_full, backup_failed, database_corrupt, schema_too_new",
            "4:the ledger cannot be read now",
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast backup /backups/holdfast-$(date +%%F).db --data /srv/holdfast",
            "  holdfast backup trial.db --json"
        })
final class BackupCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "Where to. It must not be there yet; its folder must.")
    private Path file = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = "./.holdfast",
            description = "The data folder. Default: ./.holdfast.")
    private Path data = Path.of(".holdfast");

    @Option(
            names = "--json",
            description = "Print {file, schema, runs, unfinished, newest, bytes}. " + Client.JSON_ERRORS)
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        var percent = new Percent(json ? new PrintWriter(PrintWriter.nullWriter()) : err);
        LedgerContent content;
        try {
            content = Backup.take(data, file, percent::at);
        } catch (HoldfastException e) {
            throw Failure.of(e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Contents.json(file, content) : "backed up to " + file + ": " + Contents.sentence(content));
        out.flush();
        return Exit.OK;
    }

    /** A line at most every second, so that a log of it stays short. */
    private static final class Percent {
        private static final long BETWEEN = 1_000_000_000L;

        private final PrintWriter err;
        private long told = System.nanoTime();

        Percent(PrintWriter err) {
            this.err = err;
        }

        void at(long written, long expected) {
            long now = System.nanoTime();
            if (now - told < BETWEEN) return;
            told = now;
            long percent = expected == 0 ? 100 : Math.min(100, written * 100 / expected);
            err.println("holdfast: " + percent + " % of about " + expected / 1_000_000 + " MB");
            err.flush();
        }
    }
}
