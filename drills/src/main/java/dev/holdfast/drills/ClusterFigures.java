package dev.holdfast.drills;

import static dev.holdfast.drills.Page.many;
import static dev.holdfast.drills.Page.seconds;

import dev.holdfast.drills.Asking.Again;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a drill of a cluster did and measured.
 *
 * @param nodes that there were at a time
 * @param load under which they were
 * @param work what was recorded
 * @param asked which starts were asked for again
 * @param resumptions how fast what a node had went on elsewhere, for each thing that was done to nodes
 * @param lapses how long other things took
 * @param seen what else was seen, as sentences
 * @param tookMillis from the first start of a node to the end of the last run
 */
record ClusterFigures(
        int nodes,
        Pressure load,
        Work work,
        Asked asked,
        List<Resumption> resumptions,
        List<Lapse> lapses,
        List<String> seen,
        long tookMillis)
        implements Figures {
    ClusterFigures {
        resumptions = List.copyOf(resumptions);
        lapses = List.copyOf(lapses);
        seen = List.copyOf(seen);
    }

    /**
     * @param clients each of which had one run under way
     * @param beatMillis from one step of a run to the next
     */
    record Pressure(int clients, long beatMillis) {}

    /**
     * @param runs that were acknowledged
     * @param steps recorded in them
     * @param movedRuns runs whose steps were recorded in more than one epoch
     * @param mostEpochs in how many epochs the steps of one of them were recorded, at most
     * @param repeated requests that clients had to repeat
     */
    record Work(int runs, long steps, long movedRuns, long mostEpochs, int repeated) {}

    /**
     * Starts that were asked for twice, and answered twice.
     *
     * @param atOnce by two at the same moment, at two nodes if two served
     * @param sameKey … by two requests with one business key
     * @param atTheEnd again when the run had ended
     * @param overAKill of a node that was killed meanwhile, and then of another one
     */
    record Asked(int atOnce, int sameKey, int atTheEnd, int overAKill) {
        static Asked of(Asking asking) {
            return new Asked(
                    asking.times(Again.AT_ONCE),
                    asking.times(Again.SAME_KEY),
                    asking.times(Again.AT_THE_END),
                    asking.times(Again.OVER_A_KILL));
        }
    }

    @Override
    public List<String> sizes() {
        return List.of(
                many(nodes, "node"),
                many(load.clients(), "run") + " at a time, a step every " + load.beatMillis() + " ms",
                many(work.runs(), "start"),
                seconds(tookMillis));
    }

    @Override
    public Picture picture(Timeline timeline, Look look) {
        String kinds = resumptions.stream().map(Resumption::kind).collect(Collectors.joining(" or "));
        return new Picture(timeline, look, "a node begins", kinds.isEmpty() ? "what was done to the database" : kinds);
    }

    @Override
    public void tell(Page page) {
        resumptions.forEach(resumption -> resumption.tell(page));
        resumptions.forEach(resumption -> resumption.tellDeaths(page));
        lapses.forEach(lapse -> page.line(
                lapse.kind(), lapse.until() + " after " + lapse.spread().words()));
        seen.forEach(sentence -> page.line("seen", sentence));
        page.line(
                "recorded",
                many(work.steps(), "step") + " of " + many(work.runs(), "run") + "; " + many(work.movedRuns(), "run")
                        + " moved, one of them in " + many(work.mostEpochs(), "epoch"));
        page.line("acknowledged", many(work.runs(), "start") + ", " + many(work.repeated(), "request") + " repeated");
        page.line(
                "asked twice",
                many(asked.atOnce(), "start") + " by two at once (at two nodes, where two served), " + asked.sameKey()
                        + " by two requests with one key, " + asked.atTheEnd() + " when the run had ended, "
                        + asked.overAKill() + " over a kill");
    }

    @Override
    public String promise() {
        boolean frozen = resumptions.stream().anyMatch(each -> each.kind().equals(Strike.Kind.STOP.toString()));
        return "Each acknowledged run ended exactly once, and succeeded. However often it was asked for,"
                + " there is one. Each step is recorded once, in the epoch in which it was done, was not done again after"
                + " that, and the run ended with its result. No two epochs of a run overlap"
                + (frozen ? ", but for the statement at which a process was frozen." : ".");
    }

    @Override
    public String kept() {
        return "The logs of the nodes, what user code wrote down, and the report";
    }
}
