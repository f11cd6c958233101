package dev.holdfast.testkit.sim;

import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;

/**
 * The threads of one process. When it is killed none of them ever runs again: no {@code finally}, no handler, nothing
 * that could reach the world. Bells and locks are its memory, and nobody else waits for them.
 */
public final class SimProcess implements Threads {
    private final Turns turns;
    private final String name;
    private final List<Player> players = new ArrayList<>();
    private boolean dead;

    SimProcess(Turns turns, String name) {
        this.turns = turns;
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** At once, wherever its threads are: this one too, if it is one of them. */
    public void kill() {
        dead = true;
        turns.kill(alive());
    }

    public boolean isDead() {
        return dead;
    }

    /** Those of its threads that wait for a time wait no longer. */
    public void wake() {
        alive().forEach(Player::cutShort);
    }

    /** Its threads do not run for now, and do not know it. */
    public void freeze() {
        turns.freeze(alive(), Player.Standing.FROZEN);
    }

    /** They go on. */
    public void thaw() {
        turns.freeze(alive(), Player.Standing.ALIVE);
    }

    private List<Player> alive() {
        return players.stream().filter(p -> !p.isEnded()).toList();
    }

    @Override
    public Thread loop(String threadName, Runnable body) {
        return task(threadName, body);
    }

    @Override
    public Thread task(String threadName, Runnable body) {
        Player player = turns.start(this, threadName, body);
        players.removeIf(Player::isEnded);
        players.add(player);
        return player.thread();
    }

    @Override
    public Bell bell() {
        return new SimBell();
    }

    @Override
    public Lock lock() {
        return new SimLock(turns);
    }

    @Override
    public void join(Thread thread) throws InterruptedException {
        turns.await("Threads.join", () -> hasEnded(thread), null);
    }

    private boolean hasEnded(Thread thread) {
        return players.stream().noneMatch(p -> p.thread().equals(thread) && !p.isEnded());
    }

    private final class SimBell implements Bell {
        private boolean rung;

        @Override
        public void ring() {
            turns.point("Bell.ring");
            rung = true;
        }

        @Override
        public boolean await(Duration limit) throws InterruptedException {
            boolean rang = turns.await("Bell.await", () -> rung, limit);
            rung = false;
            return rang;
        }
    }
}
