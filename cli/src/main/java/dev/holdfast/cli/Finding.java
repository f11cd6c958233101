package dev.holdfast.cli;

import tools.jackson.core.JsonGenerator;

/**
 * What a check found.
 *
 * @param check its name
 * @param state how it is
 * @param what was found
 * @param fix what to do; empty if there is nothing to do
 */
record Finding(String check, State state, String what, String fix) {
    enum State {
        OK,
        /** Nothing is broken, but somebody may want to know. */
        HINT,
        /** It does not work like this. */
        BAD
    }

    static Finding ok(String check, String what) {
        return new Finding(check, State.OK, what, "");
    }

    static Finding hint(String check, String what, String fix) {
        return new Finding(check, State.HINT, what, fix);
    }

    static Finding bad(String check, String what, String fix) {
        return new Finding(check, State.BAD, what, fix);
    }

    boolean bad() {
        return state == State.BAD;
    }

    String line() {
        return "%-5s %-9s %s%s".formatted(state, check, what, fix.isEmpty() ? "" : "\n                → " + fix);
    }

    void write(JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("check", check);
        out.writeStringProperty("state", state.name());
        out.writeStringProperty("what", what);
        out.writeStringProperty("fix", fix);
        out.writeEndObject();
    }
}
