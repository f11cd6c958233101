package dev.holdfast.bench;

import java.io.IOException;
import java.util.List;

/** Runs of a few steps that do nothing: what recording a step costs. */
record StepRuns() implements Measure {
    private static final String LOAD = Work.STEPS + " steps, " + NoopRuns.IN_FLIGHT + " in flight";
    static final Line RUNS = new Line(LOAD, "runs", Unit.PER_SECOND);

    @Override
    public String name() {
        return "steps";
    }

    @Override
    public String what() {
        return "runs of " + Work.STEPS + " steps";
    }

    @Override
    public void round(Setting setting, Sheet sheet) throws IOException, InterruptedException {
        var load = new Trial.Load(NoopRuns.IN_FLIGHT, List.of(Work.stepping()));
        Trial trial = Trial.of(
                setting,
                load,
                (holdfast, client) -> holdfast.start(Work.STEPPING, client).join());
        double runs = trial.done().perSecond();
        sheet.add(RUNS, runs);
        sheet.add(new Line(LOAD, "steps", Unit.PER_SECOND), runs * Work.STEPS);
        trial.writeBatches(sheet, LOAD);
        trial.writeCosts(sheet, LOAD);
    }
}
