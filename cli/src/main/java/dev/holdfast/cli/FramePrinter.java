package dev.holdfast.cli;

import dev.holdfast.core.stream.FrameFold;
import java.io.PrintWriter;
import java.util.function.Consumer;

/** Prints frames as they come: as text for people, or as they are for programs. */
sealed interface FramePrinter extends Consumer<Follower.Received> {
    static FramePrinter of(Client client) {
        return client.json() ? new Lines(client) : new Folded(client.out());
    }

    static FramePrinter silent() {
        return new Silent();
    }

    /** After the last frame. */
    default void close() {}

    /** Each frame as a line of JSON. */
    record Lines(Client client) implements FramePrinter {
        @Override
        public void accept(Follower.Received frame) {
            client.print(frame.line());
        }
    }

    /** The text; after a rewind the standing text again. */
    final class Folded implements FramePrinter {
        private final FrameFold fold = new FrameFold();
        private final PrintWriter out;
        private boolean lineOpen;

        Folded(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void accept(Follower.Received frame) {
            Json body = frame.data();
            Json step = body.at("step");
            String data = body.at("data").compact();
            switch (fold.apply(frame.event(), step.isNull() ? null : step.text(), data)) {
                case FrameFold.Effect.Appended appended -> print(appended.text());
                case FrameFold.Effect.Rewound rewound -> {
                    mark("rewound: what follows replaces the above");
                    print(rewound.standing());
                }
                case FrameFold.Effect.Missed missed -> mark(missed.entries() + " entries are lost");
                case FrameFold.Effect.Nothing nothing -> {}
            }
            if (out.checkError()) throw Failure.refused("output_closed", "nobody reads the output any more");
        }

        private void mark(String what) {
            close();
            out.println("── " + what + " ──");
        }

        private void print(String text) {
            if (text.isEmpty()) return;
            out.print(text);
            lineOpen = !text.endsWith("\n");
        }

        @Override
        public void close() {
            if (lineOpen) out.println();
            lineOpen = false;
            out.flush();
        }
    }

    /** Nothing: only the end matters. */
    record Silent() implements FramePrinter {
        @Override
        public void accept(Follower.Received frame) {}
    }
}
