package dev.holdfast.cli;

import picocli.CommandLine.Command;

/** {@code holdfast pause}. */
@Command(
        name = "pause",
        description = {
            "Stops giving runs of a queue, or of one lane of it, to anybody. What executes goes on.",
            "",
            "Runs are accepted all the same, and wait. 'holdfast resume' gives them out again.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast pause default", "  holdfast pause default --lane thread:t1"})
final class PauseCommand extends Pausing {
    PauseCommand() {
        super("{\"paused\":true}", "paused");
    }
}
