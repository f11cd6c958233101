package dev.holdfast.cli;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Unavailable;

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

    /** What was asked for makes no sense, whatever the server would say. */
    static Failure usage(String code, String detail) {
        return new Failure(Exit.USAGE, code, detail);
    }

    static Failure notSucceeded(String detail) {
        return new Failure(Exit.NOT_SUCCEEDED, "run_not_succeeded", detail);
    }

    /** @param code stable, for programs */
    static Failure refused(String code, String detail) {
        return new Failure(Exit.REFUSED, code, detail);
    }

    static Failure unreachable(String code, String detail) {
        return new Failure(Exit.UNREACHABLE, code, detail);
    }

    static Failure of(HoldfastException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof Unavailable ? unreachable(e.code(), message) : refused(e.code(), message);
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

    String detail() {
        return detail;
    }

    /** One line, for people. */
    String line() {
        return PlainWriter.plain(code + ": " + detail.replace('\n', ' ').replace('\r', ' '));
    }

    /** One line, for programs. */
    String json() {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeStringProperty("code", code);
            out.writeStringProperty("message", detail);
            out.writeNumberProperty("exit", exit);
            out.writeEndObject();
        });
    }
}
