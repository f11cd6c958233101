package dev.holdfast.drills;

import dev.holdfast.drills.ClusterFigures.Asked;
import dev.holdfast.drills.ClusterFigures.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what can be seen when a drill of a cluster is over, checks it, and makes the report of it. */
final class ClusterFindings {
    private static final int SENTENCES = 40;

    private final ClusterDrill.Plan plan;
    private final Fault fault;
    private final Client client;

    ClusterFindings(ClusterDrill.Plan plan, Fault fault, Client client) {
        this.plan = plan;
        this.fault = fault;
        this.client = client;
    }

    /**
     * @param troubles what went wrong meanwhile
     * @param noticed what else was seen
     */
    Report report(Scene scene, List<String> troubles, List<String> noticed) throws IOException, InterruptedException {
        var violations = new ArrayList<>(troubles);
        var jobs = scene.load().jobs();
        var runs = new LinkedHashMap<String, RunAccount>();
        var history = new History();
        try {
            read(jobs, runs);
            count(scene, history);
        } catch (RuntimeException e) {
            violations.add("not everything could be read in the end: " + Trouble.of(e));
        }
        Files.writeString(plan.folder().resolve("runs.json"), Outlet.toJson(runs));
        var evidence = new Evidence(jobs, runs, scene.diary(), scene.strikes(), scene.deaths());
        violations.addAll(told(history, evidence).violations());
        violations.addAll(new Testimony(evidence, Freeze.of(evidence)).violations());
        if (troubles.isEmpty()) violations.addAll(fault.violations(evidence));
        if (evidence.jobs().isEmpty()) violations.add("no run was started: nothing was tried");
        var again = Asked.of(scene.load().asking());
        if (again.atOnce() == 0) violations.add("no start was asked for twice: nothing was tried");
        violations.addAll(untried(evidence));
        var seen = new ArrayList<>(noticed);
        seen.addAll(fault.unjudged(evidence));
        var timeline = new ClusterTimeline(scene.fleet(), evidence).timeline();
        var figures = new ClusterFigures(
                plan.nodes(),
                new ClusterFigures.Pressure(plan.clients(), plan.pace().beat().toMillis()),
                work(evidence),
                again,
                resumptions(evidence),
                fault.lapses(evidence),
                seen,
                timeline.to() - timeline.from());
        return Report.of(fault.name(), plan.seed(), shortened(violations), figures, timeline);
    }

    private void read(List<Load.Job> jobs, Map<String, RunAccount> runs) throws InterruptedException {
        for (Load.Job job : jobs) {
            String id = job.run();
            var answer = client.get("/v1/runs/" + id);
            if (answer.isSuccess()) runs.put(id, RunAccount.parse(answer.body()));
        }
    }

    /** The runs that there are in the database for each request, whatever was answered. */
    private void count(Scene scene, History history) throws InterruptedException {
        scene.database().awaitReplica();
        String load = scene.load().name();
        Inventory.tagged(client, load)
                .forEach((run, tags) -> tags.stream()
                        .filter(tag -> !tag.equals(load))
                        .forEach(request -> history.requested(request, run)));
    }

    private static History told(History history, Evidence evidence) {
        evidence.jobs().forEach(job -> {
            history.acknowledged(job.run(), null, null);
            history.requested(job.order().request(), job.run());
        });
        evidence.runs().values().forEach(history::run);
        return history;
    }

    /** What would show that a drill did nothing: nodes are hit while they execute something. */
    private static List<String> untried(Evidence evidence) {
        return resumptions(evidence).stream()
                .filter(r -> r.runs().count() == 0)
                .map(r -> "after " + r.strikes() + " times " + r.kind() + " no run was seen to go on elsewhere")
                .toList();
    }

    private static List<Resumption> resumptions(Evidence evidence) {
        return evidence.strikes().stream()
                .filter(s -> s.victim().isPresent())
                .map(Strike::kind)
                .distinct()
                .map(kind -> Resumption.of(evidence, kind))
                .toList();
    }

    private static Work work(Evidence evidence) {
        var runs = evidence.runs().values();
        return new Work(
                evidence.jobs().size(),
                runs.stream().mapToLong(r -> r.steps().size()).sum(),
                runs.stream().filter(r -> r.epochsOfSteps() > 1).count(),
                runs.stream().mapToLong(RunAccount::epochsOfSteps).max().orElse(0),
                evidence.jobs().stream().mapToInt(j -> j.ack().retries()).sum());
    }

    private static List<String> shortened(List<String> violations) {
        if (violations.size() <= SENTENCES) return violations;
        var some = new ArrayList<>(violations.subList(0, SENTENCES));
        some.add("and " + (violations.size() - SENTENCES) + " more");
        return some;
    }
}
