package dev.holdfast.cli;

/** Ends a command: one line on stderr, and an exit code. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int exit;
    private final String code;
    private final String detail;

    private Failure(int exit, String code, String detail) {
        super(code + ": " + detail, null, false, false);
        this.exit = exit;
        this.code = code;
        this.detail = detail;
    }

    /** @param code stable, for programs */
    static Failure refused(String code, String detail) {
        return new Failure(Exit.REFUSED, code, detail);
    }

    static Failure unreachable(String code, String detail) {
        return new Failure(Exit.UNREACHABLE, code, detail);
    }

    static Failure internal(String detail) {
        return new Failure(Exit.INTERNAL, "internal", detail);
    }

    int exit() {
        return exit;
    }

    String code() {
        return code;
    }

    /** One line. */
    String line() {
        return code + ": " + detail.replace('\n', ' ').replace('\r', ' ');
    }
}
