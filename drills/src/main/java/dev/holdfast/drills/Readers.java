package dev.holdfast.drills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** Readers of snapshots since a cursor, all at one node, and what that node counts meanwhile. */
final class Readers {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern COUNTER = Pattern.compile(
            "holdfast_(?:snapshots_since_)?(replica_miss|replica_unavailable)_total\\{.*outcome=\"(\\w+)\".*\\} (\\S+)");

    private final Node node;
    private final Scene scene;

    Readers(Node node, Scene scene) {
        this.node = node;
        this.scene = scene;
    }

    /**
     * As far as a reader has come.
     *
     * @param told of what it was told; 0 if of nothing
     */
    record Cursor(String run, long seq, long told) {
        Cursor(String run, long seq) {
            this(run, seq, 0);
        }

        long needs() {
            return Math.max(seq, told);
        }

        /** The same, of which it was told that it is there. */
        Cursor toldOf(Cursor newer) {
            return new Cursor(run, seq, newer.seq());
        }

        private String path() {
            return "/v1/runs/%s/snapshots?since=%s.%d&atLeast=%d".formatted(run, run, seq, told);
        }
    }

    /**
     * What became of readers that came at once.
     *
     * @param counted by how much each counter has grown, by {@code NAME OUTCOME}
     */
    record Told(List<Cursor> cursors, List<Api.Answer> answers, Map<String, Long> counted) {
        /** @throws IllegalStateException unless all were given what they asked for, and exactly this was counted */
        void demandAnswers(String when, Map<String, Long> expected) {
            for (int i = 0; i < answers.size(); i++) {
                var answer = answers.get(i);
                long seq = answer.isSuccess()
                        ? JSON.readTree(answer.body()).path("seq").asLong(-1)
                        : -1;
                if (seq < cursors.get(i).needs()) {
                    throw new IllegalStateException(
                            "when " + when + ", a reader at " + cursors.get(i) + " was told: " + answer);
                }
            }
            if (!counted.equals(expected)) {
                throw new IllegalStateException("when " + when + ", " + answers.size() + " readers were counted as "
                        + counted + " and not as " + expected);
            }
        }

        /** @throws IllegalStateException unless all were refused with this code, and counted so and in no other way */
        void demandRefusals(String code, String counter) {
            for (var answer : answers) {
                if (answer.isSuccess() || !answer.body().contains(code)) {
                    throw new IllegalStateException("a reader was not refused with " + code + ", but told: " + answer);
                }
            }
            long all = counted.entrySet().stream()
                    .filter(each -> each.getKey().startsWith(counter + " "))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            if (all != answers.size()
                    || counted.values().stream().mapToLong(n -> n).sum() != all) {
                throw new IllegalStateException(answers.size() + " refused readers were counted as " + counted);
            }
        }
    }

    /** All at once. */
    Told ask(List<Cursor> cursors) throws IOException {
        Map<String, Long> before = counters();
        List<Api.Answer> answers;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = cursors.stream()
                    .map(cursor -> CompletableFuture.supplyAsync(() -> answer(cursor), threads))
                    .toList();
            answers = asked.stream().map(CompletableFuture::join).toList();
        }
        Map<String, Long> grown = counters();
        before.forEach((name, count) -> grown.merge(name, -count, Long::sum));
        grown.values().removeIf(n -> n == 0);
        return new Told(cursors, answers, grown);
    }

    boolean isAnswered(Cursor cursor) {
        return answer(cursor).isSuccess();
    }

    private Api.Answer answer(Cursor cursor) {
        try {
            return node.api().get(cursor.path());
        } catch (IOException e) {
            throw new UncheckedIOException("a reader was not answered: " + e.getMessage(), e);
        }
    }

    private Map<String, Long> counters() throws IOException {
        return parse(node.api().get("/metrics").body());
    }

    /** Those of a replica. */
    static Map<String, Long> parse(String metrics) {
        var counters = new TreeMap<String, Long>();
        metrics.lines().forEach(line -> {
            var counter = COUNTER.matcher(line);
            if (counter.matches()) {
                counters.put(counter.group(1) + " " + counter.group(2), (long) Double.parseDouble(counter.group(3)));
            }
        });
        return counters;
    }

    /** At the end of as many runs that have ended. */
    List<Cursor> ended(int count) throws IOException, InterruptedException {
        var cursors = new ArrayList<Cursor>();
        for (Load.Job job : jobsSince(Instant.EPOCH, count)) cursors.add(end(job.run()));
        return cursors;
    }

    /** Where as many runs are that have begun just now. */
    List<Cursor> fresh(int count) throws IOException, InterruptedException {
        var cursors = new ArrayList<Cursor>();
        for (Load.Job job : jobsSince(Instant.now(), count)) cursors.add(now(job.run()));
        return cursors;
    }

    /** Where a run is that has not ended. */
    Cursor running() throws InterruptedException {
        return now(jobsSince(Instant.now(), 1).getFirst().run());
    }

    /** At the end of this run. */
    Cursor end(String run) throws IOException, InterruptedException {
        Wait.need(run + " ends", Scene.PATIENCE, () -> account(run).isFinished());
        return now(run);
    }

    private Cursor now(String run) {
        return new Cursor(run, account(run).snapshots().getLast().seq());
    }

    private RunAccount account(String run) {
        try {
            return RunAccount.parse(node.api().get("/v1/runs/" + run).body());
        } catch (IOException e) {
            throw new UncheckedIOException("a run could not be read: " + e.getMessage(), e);
        }
    }

    private List<Load.Job> jobsSince(Instant since, int count) throws InterruptedException {
        Wait.need(count + " runs have begun", Scene.PATIENCE, () -> since(since).size() >= count);
        return since(since).subList(0, count);
    }

    private List<Load.Job> since(Instant since) {
        return scene.load().jobs().stream()
                .filter(job -> job.ack().at().isAfter(since))
                .toList();
    }

    /** How many lines of the node's log say this. */
    long lines(String text) {
        try (var lines = Files.lines(node.process().log())) {
            return lines.filter(line -> line.contains(text)).count();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the log of node " + node.label() + ": " + e.getMessage(), e);
        }
    }
}
