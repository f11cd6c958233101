package dev.holdfast.drills;

import dev.holdfast.drills.Readers.Cursor;
import dev.holdfast.localpg.Settings;
import dev.holdfast.localpg.Standby;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A replica of the database is late, catches up in a moment, and fails, while readers ask for snapshots since a cursor: those
 * who are ahead of it are answered by the primary, those for whom it catches up by the replica, and one that fails is nobody
 * else's load. The verdict is what the node has counted of it, and what the two servers have written into their logs.
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
        return Database.own(Statements.logged(Settings.standard().telling(progress)))
                .withStandby();
    }

    @Override
    public List<String> happen(Scene scene) throws IOException, InterruptedException {
        Standby standby = Objects.requireNonNull(scene.database().standby(), "this drill has made one");
        var primary = new Statements(Objects.requireNonNull(scene.database().own(), "this drill has made it"));
        var replica = new Statements(standby.server());
        var readers = new Readers(scene.fleet().inService().getFirst(), scene.load(), primary, replica);
        var seen = new ArrayList<String>();
        demandRoles(primary, replica);
        seen.add(upToDate(readers, standby));
        scene.note(Strike.now(Strike.Kind.REPLICA, null));
        scene.say("the replay of the replica is paused");
        seen.add(late(readers, standby));
        scene.say("the replay goes on while a reader waits");
        seen.add(inTime(readers, standby));
        seen.add(upToDate(readers, standby));
        demandRoles(primary, replica);
        scene.note(Strike.now(Strike.Kind.REPLICA, null));
        scene.say("the replica is killed");
        seen.add(gone(scene, readers, standby));
        return seen;
    }

    /** What answers as the replica is one, before and after. */
    private static void demandRoles(Statements primary, Statements replica) {
        if (replica.isReplica() && !primary.isReplica()) return;
        throw new IllegalStateException("the replica is not in recovery, or the primary is");
    }

    /** It answers everybody. */
    private String upToDate(Readers readers, Standby standby) throws IOException, InterruptedException {
        var cursors = readers.ended(Instant.EPOCH, crowd);
        standby.awaitReplay();
        String when = "the replica has come as far as its readers";
        var told = readers.ask(cursors);
        told.demandAnswers(when, Map.of());
        told.demandReplicaAlone(when);
        return "up to date: all of %d readers were answered by the replica, and the primary was asked nothing about their runs"
                .formatted(crowd);
    }

    /** Its replay is paused: who is ahead of it is answered by the primary, and a line of the log says so. */
    private String late(Readers readers, Standby standby) throws IOException, InterruptedException {
        long before = readers.lines(BEHIND);
        var known = readers.running();
        standby.awaitReplay();
        standby.pauseReplay();
        Instant paused = Instant.now();
        answeredByPrimary(
                readers,
                List.of(known.toldOf(readers.ended(known.run()))),
                "the reader was told of more than the replica knows");
        answeredByPrimary(readers, readers.ended(paused, 1), "the replica does not know the run yet");
        answeredByPrimary(readers, readers.ended(paused, crowd), "the replica is late");
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

    private static void answeredByPrimary(Readers readers, List<Cursor> cursors, String when) throws IOException {
        var told = readers.ask(cursors);
        told.demandAnswers(when, Map.of(PRIMARY, (long) cursors.size()));
        told.demandPrimary(when);
    }

    /** Its replay goes on while a reader waits: the primary is not asked. */
    private static String inTime(Readers readers, Standby standby) throws IOException, InterruptedException {
        for (int i = 1; i <= TRIES; i++) {
            standby.awaitReplay();
            standby.pauseReplay();
            var cursors = readers.ended(Instant.now(), 1);
            var resuming = Thread.ofVirtual().start(() -> {
                LockSupport.parkNanos(MEANWHILE.toNanos());
                standby.resumeReplay();
            });
            var told = readers.ask(cursors);
            resuming.join();
            if (told.counted().equals(Map.of(RETRY, 1L))) {
                String when = "the replica caught up while a reader waited";
                told.demandAnswers(when, told.counted());
                told.demandReplicaAlone(when);
                return "in time: a reader was answered by the replica when it was asked again (try %d), and the primary was not"
                        .formatted(i);
            }
        }
        throw new IllegalStateException(
                "in " + TRIES + " tries no reader was answered by a replica that caught up while it waited");
    }

    /** It is down: that is its readers' trouble, and nobody else's. */
    private String gone(Scene scene, Readers readers, Standby standby) throws IOException, InterruptedException {
        var cursors = readers.ended(Instant.EPOCH, crowd);
        standby.server().kill();
        long down = Scene.now();
        var told = readers.ask(cursors);
        told.demandRefusals("replica_unavailable", UNAVAILABLE);
        told.demandPrimaryUnasked("the replica is down");
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
