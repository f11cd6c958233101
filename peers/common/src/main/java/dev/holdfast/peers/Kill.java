package dev.holdfast.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a run rests when its process is killed: one process is in the middle of a run and gets SIGKILL while another
 * one is up beside it; then the step in the middle is awaited there, and if it does not come, in a new process that bears
 * the name of the dead one.
 */
final class Kill {
    static final String READY = "ready";
    private static final String LOAD = "kill -9 in the third of " + Bodies.STEPS + " steps";
    private static final Duration START = Duration.ofSeconds(60);

    private final String main;
    private final Arguments arguments;
    private final Sheet sheet;

    Kill(String main, Arguments arguments, Sheet sheet) {
        this.main = main;
        this.arguments = arguments;
        this.sheet = sheet;
    }

    static String step(int number) {
        return "step " + number;
    }

    void go() throws IOException, InterruptedException {
        Duration patience = arguments.seconds("patience");
        try (Child victim = child("victim", "a")) {
            expect(victim, step(Bodies.STUCK_AT));
            try (Child heir = child("heir", "b")) {
                expect(heir, READY);
                long killed = System.nanoTime();
                victim.kill();
                var before = new ArrayList<String>();
                Child.Said resumed = heir.await(step(Bodies.STUCK_AT), patience, before);
                String name = "until another process does the step";
                sheet.figure(LOAD, name, "SECONDS", seconds(killed, resumed));
                if (resumed == null) {
                    sheet.note(LOAD, name + ": not within " + patience.toSeconds() + " s");
                    again(patience);
                } else {
                    sheet.figure(LOAD, "steps that had ended and were done again", "COUNT", before.size());
                }
            }
        }
    }

    private void again(Duration patience) throws IOException, InterruptedException {
        long started = System.nanoTime();
        try (Child namesake = child("heir", "a")) {
            var before = new ArrayList<String>();
            Child.Said resumed = namesake.await(step(Bodies.STUCK_AT), patience, before);
            before.remove(READY);
            sheet.figure(LOAD, "… until one started anew under its name does", "SECONDS", seconds(started, resumed));
            if (resumed != null) sheet.figure(LOAD, "steps that had ended and were done again", "COUNT", before.size());
        }
    }

    private static double seconds(long from, Child.@Nullable Said to) {
        return to == null ? Double.NaN : (to.nanos() - from) / 1e9;
    }

    private Child child(String measure, String name) throws IOException {
        return Child.of(main, arguments.but("measure=" + measure, "name=" + name));
    }

    private static void expect(Child child, String line) throws InterruptedException {
        List<String> heard = new ArrayList<>();
        if (child.await(line, START, heard) == null) {
            throw new IllegalStateException("no '" + line + "' within " + START.toSeconds() + " s, but " + heard);
        }
    }
}
