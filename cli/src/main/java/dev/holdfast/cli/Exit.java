package dev.holdfast.cli;

/** Exit codes; each command's help lists them. */
final class Exit {
    static final int OK = 0;
    /** The run that was waited for did not succeed; doctor found something that does not work. */
    static final int NOT_SUCCEEDED = 1;

    static final int USAGE = 2;
    /** Understood and not accepted; the code of the problem is printed. */
    static final int REFUSED = 3;
    /** No server, or one that cannot serve now. */
    static final int UNREACHABLE = 4;
    /** A mistake of this program. */
    static final int INTERNAL = 5;

    static final String OK_LINE = "0:done";
    static final String RUN_LINE = "1:the run did not succeed";
    static final String USAGE_LINE = "2:wrong usage";
    static final String REFUSED_LINE = "3:refused; the code of the problem is printed";
    static final String UNREACHABLE_LINE = "4:the server cannot be reached, or cannot serve now";

    static final String INTERNAL_LINE = "5:a mistake of this program; with HOLDFAST_DEBUG=1 it shows where";

    private Exit() {}
}
