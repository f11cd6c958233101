package dev.holdfast.drills;

import java.io.PrintStream;

/** Says what a drill is doing: on a terminal in one line that is written again and again, elsewhere a line for each step. */
interface Progress {
    /** A new step. */
    void say(String what);

    /** What is to be read also when nothing more is said. */
    void warn(String what);

    /** How far the step is; worth showing only to somebody who watches. */
    void soFar(String what);

    /** Nothing more will be said. */
    void end();

    static Progress lines(PrintStream out) {
        return new Progress() {
            @Override
            public void say(String what) {
                out.println("drill: " + what);
            }

            @Override
            public void warn(String what) {
                say("warning: " + what);
            }

            @Override
            public void soFar(String what) {}

            @Override
            public void end() {}
        };
    }

    static Progress oneLine(PrintStream out) {
        return new Progress() {
            @Override
            public void say(String what) {
                out.print("\r\u001b[2K  " + what);
                out.flush();
            }

            @Override
            public void warn(String what) {
                say("warning: " + what);
                out.println();
            }

            @Override
            public void soFar(String what) {
                say(what);
            }

            @Override
            public void end() {
                out.print("\r\u001b[2K");
                out.flush();
            }
        };
    }
}
