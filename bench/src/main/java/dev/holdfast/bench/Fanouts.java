package dev.holdfast.bench;

import java.io.IOException;
import java.util.List;

/** Runs that start many children and wait for all of them. */
record Fanouts() implements Measure {
    /** So many that there is always something to do, and few enough that all children have a slot. */
    private static final int PARENTS = 4;

    private static final String LOAD = "fan-out of " + Work.CHILDREN + " children, " + PARENTS + " at a time";
    static final Line CHILDREN = new Line(LOAD, "children", Unit.PER_SECOND);

    @Override
    public String name() {
        return "fanout";
    }

    @Override
    public String what() {
        return "runs with " + Work.CHILDREN + " children";
    }

    @Override
    public void round(Setting setting, Sheet sheet) throws IOException, InterruptedException {
        var load = new Trial.Load(PARENTS, List.of(Work.fanout(), Work.part()));
        var samples = new Samples();
        Trial trial = Trial.of(setting, load, (holdfast, client) -> {
            long begun = System.nanoTime();
            holdfast.start(Work.FANOUT, client).join();
            long took = System.nanoTime() - begun;
            synchronized (samples) {
                samples.add(took);
            }
        });
        double fanouts = trial.done().perSecond();
        sheet.add(CHILDREN, fanouts * Work.CHILDREN);
        sheet.add(new Line(LOAD, "fan-outs", Unit.PER_SECOND), fanouts);
        sheet.add(new Line(LOAD, "start() until join() returns, p50", Unit.MILLIS), samples.millis(0.5));
        sheet.add(new Line(LOAD, "start() until join() returns, p99", Unit.MILLIS), samples.millis(0.99));
        trial.writeBatches(sheet, LOAD);
    }
}
