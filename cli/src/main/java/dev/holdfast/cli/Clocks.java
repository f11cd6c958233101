package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;

/** Whether the machine's clock goes as fast as time does, from when this was made until it is asked. */
final class Clocks {
    private static final Duration JUMP = Duration.ofMillis(200);

    private final Instant wall = Instant.now();
    private final long nanos = System.nanoTime();

    Finding compare() {
        Duration passed = Duration.ofNanos(System.nanoTime() - nanos);
        Duration jump = Duration.between(wall, Instant.now()).minus(passed);
        String during = " in the " + passed.toMillis() + " ms of this look";
        if (jump.abs().compareTo(JUMP) < 0) return Finding.ok("pace", "the clock has kept time" + during);
        return Finding.hint(
                "pace",
                "the clock has jumped by " + jump.toMillis() + " ms" + during,
                "let it be corrected in small steps (NTP, slewing): delays and deadlines follow it");
    }
}
