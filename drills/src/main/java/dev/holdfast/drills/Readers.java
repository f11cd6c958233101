package dev.holdfast.drills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Readers of snapshots since a cursor, all at one node, and what that node counts meanwhile. */
final class Readers {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern COUNTER = Pattern.compile(
            "holdfast_(?:snapshots_since_)?(replica_miss|replica_unavailable)_total\\{.*outcome=\"(\\w+)\".*\\} (\\S+)");

    private final Node node;
    private final Load load;
    private final Statements primary;
    private final Statements replica;

    /**
     * @param node which is asked
     * @param load whose runs are asked for
     */
    Readers(Node node, Load load, Statements primary, Statements replica) {
        this.node = node;
        this.load = load;
        this.primary = primary;
        this.replica = replica;
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
     * @param counted by how much each counter of the node has grown, by {@code NAME OUTCOME}
     * @param primary how often the primary was asked about each run
     * @param replica … and the replica
     */
    record Told(
            List<Cursor> cursors,
            List<Api.Answer> answers,
            Map<String, Long> counted,
            Map<String, Long> primary,
            Map<String, Long> replica) {
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

        /** @throws IllegalStateException unless the replica was asked about each run, and the primary about none */
        void demandReplicaAlone(String when) {
            demandPrimaryUnasked(when);
            demandAsked(when, "replica", replica);
        }

        /** @throws IllegalStateException unless the primary was asked about each run */
        void demandPrimary(String when) {
            demandAsked(when, "primary", primary);
        }

        private static void demandAsked(String when, String server, Map<String, Long> asked) {
            if (!asked.containsValue(0L)) return;
            throw new IllegalStateException("when " + when + ", the " + server
                    + " was not asked about each run, by its own log, but as often as: " + asked);
        }

        /** @throws IllegalStateException if the primary was asked about any of them */
        void demandPrimaryUnasked(String when) {
            if (primary.values().stream().allMatch(n -> n == 0)) return;
            throw new IllegalStateException(
                    "when " + when + ", the primary was asked, by its own log as often as: " + primary);
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
        long primaryBefore = primary.mark();
        long replicaBefore = replica.mark();
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
        var runs = cursors.stream().map(Cursor::run).toList();
        return new Told(
                cursors, answers, grown, primary.about(runs, primaryBefore), replica.about(runs, replicaBefore));
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

    /**
     * At the end of as many runs that have begun since then and ended: nobody else asks about them any more, and nothing is
     * written.
     */
    List<Cursor> ended(Instant since, int count) throws InterruptedException {
        Wait.need(count + " runs have ended", Scene.PATIENCE, () -> done(since).size() >= count);
        return done(since).subList(0, count).stream().map(this::newest).toList();
    }

    private List<String> done(Instant since) {
        return load.done().stream()
                .filter(job -> job.ack().at().isAfter(since))
                .map(Load.Job::run)
                .toList();
    }

    /** Where a run is that has not ended. */
    Cursor running() throws InterruptedException {
        Instant now = Instant.now();
        Wait.need("a run has begun", Scene.PATIENCE, () -> begun(now).findAny().isPresent());
        return newest(begun(now).findFirst().orElseThrow());
    }

    private Stream<String> begun(Instant since) {
        return load.jobs().stream().filter(job -> job.ack().at().isAfter(since)).map(Load.Job::run);
    }

    /** At the end of this run. */
    Cursor ended(String run) throws InterruptedException {
        Wait.need(run + " ends", Scene.PATIENCE, () -> done(Instant.EPOCH).contains(run));
        return newest(run);
    }

    private Cursor newest(String run) {
        try {
            var account = RunAccount.parse(node.api().get("/v1/runs/" + run).body());
            return new Cursor(run, account.snapshots().getLast().seq());
        } catch (IOException e) {
            throw new UncheckedIOException("a run could not be read: " + e.getMessage(), e);
        }
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
