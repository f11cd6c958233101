package dev.holdfast.testkit.sim;

import dev.holdfast.engine.port.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that take turns. Each is a thread of the JVM, but exactly one of them runs at a time, and the turn changes only
 * at a <em>point</em>: a call of a port. Who gets it is the {@link Choice}'s, so the same choices give the same execution,
 * step by step. Time stands still while anybody can go on; when all wait, it jumps to the earliest end of a wait.
 *
 * <p>Whoever makes it has the first turn, and keeps it until it waits. When nobody can ever go on, when a thread dies of
 * an exception, or when it does not come to rest, that is thrown to it out of its wait.
 */
public final class Turns implements AutoCloseable {
    private static final Duration BUSY = Duration.ofMinutes(1);
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration UNWINDING = Duration.ofSeconds(2);

    private final Choice choice;
    private final List<Player> players = new ArrayList<>();
    private final List<Player> killed = new ArrayList<>();
    private final Player first;
    private final Trace trace = new Trace();
    private @Nullable Observer observer;
    private Player current;
    private long nanos;
    private long left = Long.MAX_VALUE;
    private @Nullable AssertionError failure;

    /** Is told of every point before the turn is passed on: the place for faults. */
    @FunctionalInterface
    public interface Observer {
        void at(Point point);
    }

    public Turns(Choice choice) {
        this.choice = choice;
        this.first = new Player("main", null, Thread.currentThread());
        this.current = first;
        players.add(first);
    }

    /** Threads that live and die together. */
    public SimProcess process(String name) {
        return new SimProcess(this, name);
    }

    /** From now on this is told of every point. */
    public void observe(Observer who) {
        observer = who;
    }

    /** After this many points more it has not come to rest, which is a failure. */
    public void limit(long points) {
        left = points;
    }

    /** What has happened so far. */
    public Trace trace() {
        return trace;
    }

    /** Time as the threads see it. */
    public Clock clock() {
        return new Clock() {
            @Override
            public Instant now() {
                return Turns.this.now();
            }

            @Override
            public long nanos() {
                return nanos;
            }
        };
    }

    /** In milliseconds. */
    public Instant now() {
        return BEGINNING.plusMillis(nanos / 1_000_000);
    }

    /** The end of the earliest wait that ends with time; null if there is none. */
    public @Nullable Duration nextEnd() {
        long next = earliest();
        return next == Long.MAX_VALUE ? null : Duration.ofNanos(next - nanos);
    }

    /** Whether a thread with this role waits for a time to come. */
    public boolean isTimed(String role) {
        return players.stream().anyMatch(p -> p.role().equals(role) && p.until() != Long.MAX_VALUE);
    }

    /** The turn may change here. */
    public void point(String call) {
        Player me = me();
        reached(me, call);
        passOn(me);
    }

    /**
     * Waits.
     *
     * @param over whether the wait is over; asked whenever a turn is given, so it only looks
     * @param limit null for no limit
     * @return whether it is over; false if the time has passed
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean await(String call, BooleanSupplier over, @Nullable Duration limit) throws InterruptedException {
        Player me = me();
        reached(me, call);
        me.waitFor(new Wait(call, over, end(limit), true));
        passOn(me);
        if (Thread.interrupted()) throw new InterruptedException();
        return over.getAsBoolean();
    }

    /** Waits, however often the thread is interrupted. */
    void await(String call, BooleanSupplier over) {
        Player me = me();
        reached(me, call);
        me.waitFor(new Wait(call, over, Long.MAX_VALUE, false));
        passOn(me);
    }

    /** Lets time pass for the calling thread. */
    public void sleep(Duration time) throws InterruptedException {
        await("sleep", () -> false, time);
    }

    /** Gives everybody their turns, as long as anybody can go on without time passing. */
    public void settle() {
        Player me = me();
        me.waitFor(new Wait("settle", () -> isQuiet(me), Long.MAX_VALUE, false));
        passOn(me);
    }

    private boolean isQuiet(Player me) {
        return players.stream().noneMatch(p -> !p.equals(me) && p.canGoOn(nanos));
    }

    private long end(@Nullable Duration limit) {
        if (limit == null) return Long.MAX_VALUE;
        if (limit.compareTo(Duration.ofNanos(Long.MAX_VALUE - nanos - 1)) >= 0) return Long.MAX_VALUE;
        return nanos + Math.max(0, limit.toNanos());
    }

    private void reached(Player me, String call) {
        if (left-- <= 0) fail("it does not come to rest; the last points were\n" + trace.newest(), null);
        // Where it was called from costs more than all the rest.
        Observer told = observer;
        Point point = me.point(call, told == null ? "" : Player.site());
        trace.reached(point);
        if (told != null) told.at(point);
        if (!me.isAlive()) passOn(me);
    }

    Player start(SimProcess process, String name, Runnable body) {
        point("Threads.start");
        var player = new Player(name, process, null);
        player.start(() -> run(player, body));
        players.add(player);
        return player;
    }

    private void run(Player player, Runnable body) {
        try {
            player.awaitTurn();
            body.run();
        } catch (Player.Gone end) {
            // It was killed long ago, and only leaves now.
        } catch (Throwable e) {
            if (!player.isDead()) fail("thread " + player + " died", e);
        } finally {
            player.end();
            players.remove(player);
            if (current == player) next(player).giveTurn();
        }
    }

    /** The threads of this process never run again. */
    void kill(List<Player> all) {
        for (Player each : all) {
            each.die();
            players.remove(each);
            killed.add(each);
        }
        if (current.isDead()) passOn(current);
    }

    /** They do not run until they are thawed. */
    void freeze(List<Player> all, Player.Standing as) {
        all.forEach(p -> p.freeze(as));
    }

    private void fail(String what, @Nullable Throwable cause) {
        if (failure == null) failure = new AssertionError(what, cause);
        first.waitFor(null);
        if (current == first) throwFailure();
    }

    private void throwFailure() {
        AssertionError thrown = failure;
        failure = null;
        if (thrown != null) throw thrown;
    }

    private void passOn(Player me) {
        Player next = next(me);
        if (next != me) {
            next.giveTurn();
            me.awaitTurn();
        }
        me.waitFor(null);
        if (me == first) throwFailure();
    }

    /** Gives the turn to somebody. */
    private Player next(Player me) {
        current = failure == null ? choose(me) : first;
        return current;
    }

    private Player choose(Player me) {
        if (choice.hurries()) hurry();
        List<Player> able = able(me);
        if (able.isEmpty()) {
            long next = earliest();
            if (next == Long.MAX_VALUE) {
                fail("a deadlock: nobody can ever go on\n" + stacks(), null);
                return first;
            }
            nanos = Math.max(nanos, next);
            able = able(me);
        }
        boolean mine = able.getLast().equals(me);
        int picked = choice.pick(able.size(), mine ? Choice.Current.CAN_GO_ON : Choice.Current.WAITS);
        trace.chose(picked);
        return able.get(picked);
    }

    /**
     * Time passes although somebody could go on, as on a busy machine; but no machine keeps everybody waiting for the hour
     * until which somebody else is idle.
     */
    private void hurry() {
        long next = earliest();
        if (next != Long.MAX_VALUE && next - nanos <= BUSY.toNanos()) nanos = next;
    }

    /** In the order of the round that ends with this one. */
    private List<Player> able(Player me) {
        var able = new ArrayList<Player>();
        int from = players.indexOf(me) + 1;
        for (int i = 0; i < players.size(); i++) {
            Player each = players.get((from + i) % players.size());
            if (each.canGoOn(nanos)) able.add(each);
        }
        return able;
    }

    private long earliest() {
        long earliest = Long.MAX_VALUE;
        for (Player each : players) {
            if (!each.isFrozen() && each.until() > nanos) earliest = Math.min(earliest, each.until());
        }
        return earliest;
    }

    /** Where everybody is. */
    public String stacks() {
        var text = new StringBuilder();
        for (Player each : players) text.append(each.describe());
        return text.toString();
    }

    Player me() {
        Thread thread = Thread.currentThread();
        if (current.thread().equals(thread)) return current;
        if (killed.stream().anyMatch(k -> k.thread().equals(thread))) throw new Player.Gone();
        throw new IllegalStateException("thread '" + thread.getName() + "' calls a simulated engine while '" + current
                + "' has the turn: call from the thread of the test, or from the bodies of tasks");
    }

    /** Whoever was killed leaves now, one after the other: what it still does has no effect, because no port answers. */
    @Override
    public void close() {
        observer = null;
        var rest = new ArrayList<>(killed);
        players.stream().filter(p -> !p.equals(first)).forEach(rest::add);
        rest.forEach(Player::die);
        for (Player each : rest) each.leave(UNWINDING);
        players.clear();
    }
}
