package dev.holdfast.drills;

import dev.holdfast.localpg.Standby;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A replica of the database is late, catches up in a moment, and fails, while readers ask for snapshots since a cursor: those
 * who are ahead of it are answered by the primary, those for whom it catches up by the replica, and one that fails is nobody
 * else's load. What the node has counted of it is the verdict.
 *
 * @param crowd so many readers at a time
 */
record ReplicaLag(int crowd) implements Fault {
    private static final String PRIMARY = "replica_miss primary";
    private static final String RETRY = "replica_miss replica_retry";
    private static final String UNAVAILABLE = "replica_unavailable";
    private static final String BEHIND = "the replica is behind: run ";
    /** The replica is asked again after 50 ms at the least. */
    private static final Duration MEANWHILE = Duration.ofMillis(15);

    private static final Duration LOGGED = Duration.ofSeconds(5);
    private static final int TRIES = 20;

    @Override
    public String name() {
        return "replica-lag";
    }

    @Override
    public Database database(ClusterDrill.Plan plan, Consumer<String> progress) throws IOException {
        return Database.of(null, progress).withStandby();
    }

    @Override
    public List<String> happen(Scene scene) throws IOException, InterruptedException {
        Standby standby = Objects.requireNonNull(scene.database().standby(), "this drill has made one");
        var readers = new Readers(scene.fleet().inService().getFirst(), scene);
        var seen = new ArrayList<String>();
        seen.add(upToDate(readers, standby));
        scene.note(Strike.now(Strike.Kind.REPLICA, null));
        scene.say("the replay of the replica is paused");
        seen.add(late(readers, standby));
        scene.say("the replay goes on while a reader waits");
        seen.add(inTime(readers, standby));
        seen.add(upToDate(readers, standby));
        scene.note(Strike.now(Strike.Kind.REPLICA, null));
        scene.say("the replica is killed");
        seen.add(gone(scene, readers, standby));
        return seen;
    }

    /** It answers everybody. */
    private String upToDate(Readers readers, Standby standby) throws IOException, InterruptedException {
        var cursors = readers.ended(crowd);
        standby.awaitReplay();
        readers.ask(cursors).demandAnswers("the replica has come as far as its readers", Map.of());
        return "up to date: all of %d readers were answered by the replica".formatted(crowd);
    }

    /** Its replay is paused: who is ahead of it is answered by the primary, and a line of the log says so. */
    private String late(Readers readers, Standby standby) throws IOException, InterruptedException {
        long before = readers.lines(BEHIND);
        var known = readers.running();
        standby.awaitReplay();
        standby.pauseReplay();
        var end = readers.end(known.run());
        readers.ask(List.of(known.toldOf(end)))
                .demandAnswers("the reader was told of more than the replica knows", Map.of(PRIMARY, 1L));
        readers.ask(readers.fresh(1)).demandAnswers("the replica does not know the run yet", Map.of(PRIMARY, 1L));
        readers.ask(readers.fresh(crowd)).demandAnswers("the replica is late", Map.of(PRIMARY, (long) crowd));
        int asked = crowd + 2;
        Wait.until(LOGGED, () -> readers.lines(BEHIND) - before >= asked);
        long lines = readers.lines(BEHIND) - before;
        if (lines != asked) {
            throw new IllegalStateException(
                    lines + " lines of the log tell of " + asked + " readers that were answered by the primary");
        }
        standby.resumeReplay();
        return "late: all of %d readers were answered by the primary, each with a line in the log".formatted(asked);
    }

    /** Its replay goes on while a reader waits: the primary is not asked. */
    private static String inTime(Readers readers, Standby standby) throws IOException, InterruptedException {
        for (int i = 1; i <= TRIES; i++) {
            standby.awaitReplay();
            standby.pauseReplay();
            var cursors = readers.fresh(1);
            var resuming = Thread.ofVirtual().start(() -> {
                LockSupport.parkNanos(MEANWHILE.toNanos());
                standby.resumeReplay();
            });
            var told = readers.ask(cursors);
            resuming.join();
            if (told.counted().equals(Map.of(RETRY, 1L))) {
                return "in time: a reader was answered by the replica when it was asked again (try %d)".formatted(i);
            }
        }
        throw new IllegalStateException(
                "in " + TRIES + " tries no reader was answered by a replica that caught up while it waited");
    }

    /** It is down: that is its readers' trouble, and nobody else's. */
    private String gone(Scene scene, Readers readers, Standby standby) throws IOException, InterruptedException {
        var cursors = readers.ended(crowd);
        standby.server().kill();
        long down = Scene.now();
        readers.ask(cursors).demandRefusals("replica_unavailable", UNAVAILABLE);
        for (Node node : scene.fleet().inService()) scene.awaitActive(node, down, "without the replica");
        standby.server().restart();
        Wait.need("the replica answers again", Scene.PATIENCE, () -> readers.isAnswered(cursors.getFirst()));
        return "gone: all of %d readers were refused, the primary was not asked for them, and runs went on"
                .formatted(crowd);
    }

    @Override
    public List<String> violations(Evidence evidence) {
        return List.of();
    }
}
