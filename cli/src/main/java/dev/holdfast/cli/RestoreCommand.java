package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.sqlite.LedgerContent;
import dev.holdfast.sqlite.Restore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast restore}. */
@Command(
        name = "restore",
        description = {
            "Makes a data folder of a backup. Nothing is replaced: the folder must have no ledger.",
            "",
            "END THE ORIGINAL FIRST, and never start it again. A backup has the runs that were under way; a server on the"
                    + " restored folder executes them, from their last recorded step on. If a server on the original folder"
                    + " does so too, each of these runs is executed twice and ends twice, and its callers see two answers:"
                    + " the two ledgers know nothing of each other. On this machine the original's process is looked for,"
                    + " and what is found is refused; on another machine only you can know.",
            "",
            "What was recorded after the backup is not in it: steps that were done since are done again, with the same key"
                    + " (scope.key()), and runs that were started since do not exist.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            Exit.OK_LINE,
            Exit.USAGE_LINE,
            "3:refused: ledger_exists, data_folder_in_use, data_folder_not_writable, no_backup, not_a_backup, not_a_ledger,"
                    + " database_corrupt, schema_too_new, original_running, restore_failed",
            "4:the disk fails or is full",
            Exit.INTERNAL_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  holdfast restore /backups/holdfast-2026-01-31.db --data /srv/holdfast",
            "  holdfast dev --data /srv/holdfast"
        })
final class RestoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The backup. It is copied and stays as it is.")
    private Path file = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            required = true,
            description = "The new data folder. Made if it is not there.")
    private Path data = Path.of("");

    @Option(
            names = "--although-original-runs",
            description =
                    "Restore although the process that wrote what was backed up is alive. For looking into a backup"
                            + " only: no server may be started on the folder while the original may still execute its runs.")
    private boolean although;

    @Option(
            names = "--json",
            description = "Print {file, schema, runs, unfinished, newest, bytes}. " + Client.JSON_ERRORS)
    private boolean json;

    @Override
    public Integer call() {
        LedgerContent content;
        try {
            content = Restore.restore(
                    file, data, although ? Restore.Original.MAY_BE_RUNNING : Restore.Original.MUST_BE_OVER);
        } catch (HoldfastException e) {
            throw Failure.of(e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Contents.json(file, content));
        } else {
            out.println("restored to " + data + ": " + Contents.sentence(content));
            if (content.unfinished() > 0) {
                out.println(
                        "Those that have not ended go on when a server is started there. If the original may still be"
                                + " running, do not start one: every such run would be executed twice.");
            }
        }
        out.flush();
        return Exit.OK;
    }
}
