package dev.holdfast.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Waiting for a server that is restarting: short pauses that grow, and a word to the user when it takes long. */
final class Waiting {
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 250;
    private static final Duration SILENT = Duration.ofSeconds(1);

    private final PrintWriter err;

    /** @param err where the user is told */
    Waiting(PrintWriter err) {
        this.err = err;
    }

    /** One wait: from the first failure to the next success. */
    final class Wait {
        private final long limit;
        private long begun = System.nanoTime();
        private boolean told;
        private boolean failing;

        private Wait(Duration limit) {
            this.limit = limit.toNanos();
        }

        /** It works again. */
        void over() {
            if (told) {
                err.println("holdfast: connected again");
                err.flush();
            }
            told = false;
            failing = false;
        }

        /** Pauses; false if the patience is at its end. */
        boolean again(String what) {
            if (!failing) begun = System.nanoTime();
            failing = true;
            long passed = System.nanoTime() - begun;
            if (passed > limit) return false;
            if (passed > SILENT.toNanos() && !told) {
                told = true;
                err.println("holdfast: waiting for " + what + " …");
                err.flush();
            }
            try {
                Thread.sleep(ThreadLocalRandom.current().nextLong(FIRST_MILLIS, LONGEST_MILLIS + 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            return true;
        }
    }

    Wait begin(Duration limit) {
        return new Wait(limit);
    }
}
