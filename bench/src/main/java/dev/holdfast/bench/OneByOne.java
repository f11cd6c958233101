package dev.holdfast.bench;

import java.io.IOException;
import java.util.List;

/** One run at a time, and a pause between two of them: how quick an idle node is. */
record OneByOne() implements Measure {
    private static final String LOAD = "no-op, one at a time";
    private static final long PAUSE_MILLIS = 5;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String what() {
        return "no-op runs one at a time";
    }

    @Override
    public void round(Setting setting, Sheet sheet) throws IOException, InterruptedException {
        var watch = new Stopwatch(1);
        Trial trial = Trial.of(setting, new Trial.Load(1, List.of(watch.handler())), (holdfast, client) -> {
            watch.turn(holdfast, client);
            Thread.sleep(PAUSE_MILLIS);
        });
        sheet.add(new Line(LOAD, "runs", Unit.COUNT), trial.done().turns());
        watch.write(sheet, LOAD);
    }
}
