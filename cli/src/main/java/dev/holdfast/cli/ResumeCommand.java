package dev.holdfast.cli;

import picocli.CommandLine.Command;

/** {@code holdfast resume}. */
@Command(
        name = "resume",
        description = {
            "Gives out the runs of a queue, or of one lane of it, again.",
            "",
            "A lane of a queue that is paused waits for the queue as well.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast resume default", "  holdfast resume default --lane thread:t1"})
final class ResumeCommand extends Pausing {
    ResumeCommand() {
        super("{\"paused\":false}", "resumed");
    }
}
