package dev.holdfast.testkit.sim;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A thread that takes turns. Everything in it belongs to whoever has the turn, except what is volatile. */
final class Player {
    private static final StackWalker STACK = StackWalker.getInstance();

    private final String name;
    private final @Nullable SimProcess process;
    private final Thread thread;
    private @Nullable Wait wait;
    private Standing standing = Standing.ALIVE;
    private @Nullable Runnable body;
    private volatile boolean turn;
    /** An interrupt that came while it waited for its turn: kept here, because nobody can park while interrupted. */
    private volatile boolean interrupted;

    private volatile boolean gone;
    private volatile boolean ended;

    enum Standing {
        ALIVE,
        FROZEN,
        DEAD
    }

    /** Thrown out of every port to a thread that was killed, when the whole simulation is over. */
    static final class Gone extends Error {
        Gone() {
            super("this thread was killed", null, false, false);
        }
    }

    /** @param present the thread, if there is one already */
    Player(String name, @Nullable SimProcess process, @Nullable Thread present) {
        this.name = name;
        this.process = process;
        this.thread = present == null ? Thread.ofVirtual().name(name).unstarted(this::run) : present;
    }

    private void run() {
        if (body != null) body.run();
    }

    void start(Runnable what) {
        body = what;
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    void waitFor(@Nullable Wait what) {
        wait = what;
    }

    /** If it waits for a time, that has come. */
    void cutShort() {
        Wait what = wait;
        if (what == null || what.until() == Long.MAX_VALUE) return;
        wait = new Wait(what.what(), what.over(), 0, what.interruptible());
    }

    long until() {
        return wait == null ? Long.MAX_VALUE : wait.until();
    }

    boolean canGoOn(long nanos) {
        if (standing != Standing.ALIVE) return false;
        Wait what = wait;
        if (what == null || what.until() <= nanos || what.over().getAsBoolean()) return true;
        return what.interruptible() && (thread.isInterrupted() || interrupted);
    }

    void giveTurn() {
        turn = true;
        LockSupport.unpark(thread);
    }

    void awaitTurn() {
        while (!turn) {
            LockSupport.park(this);
            // In this order: whoever asks whether it is interrupted sees one of the two.
            if (thread.isInterrupted()) {
                interrupted = true;
                Thread.interrupted();
            }
        }
        turn = false;
        if (interrupted) {
            interrupted = false;
            thread.interrupt();
        }
        if (gone) throw new Gone();
    }

    boolean isGone() {
        return gone;
    }

    boolean isAlive() {
        return standing == Standing.ALIVE;
    }

    boolean isDead() {
        return standing == Standing.DEAD;
    }

    boolean isFrozen() {
        return standing == Standing.FROZEN;
    }

    void die() {
        standing = Standing.DEAD;
    }

    void freeze(Standing as) {
        if (standing != Standing.DEAD) standing = as;
    }

    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    /** A thread of a process that is gone: it is thrown out of where it is. */
    void leave(Duration patience) {
        if (ended) return;
        gone = true;
        giveTurn();
        try {
            // User code that swallows everything is left behind.
            thread.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The name, without what differs from run to run. */
    String role() {
        return name.startsWith("run_") ? "attempt" : name;
    }

    Point point(String call, String site) {
        return new Point(process == null ? "" : process.name(), role(), call, site);
    }

    /** The method of ours that called. */
    static String site() {
        return STACK.walk(frames -> frames.filter(f -> isOurs(f.getClassName()))
                .findFirst()
                .map(f -> f.getClassName().substring(f.getClassName().lastIndexOf('.') + 1) + "." + f.getMethodName())
                .orElse(""));
    }

    private static boolean isOurs(String type) {
        return type.startsWith("dev.holdfast.") && !type.startsWith("dev.holdfast.testkit.");
    }

    String describe() {
        String stack = Arrays.stream(thread.getStackTrace())
                .filter(f -> !f.getClassName().startsWith("java.")
                        && !f.getClassName().startsWith("jdk."))
                .map(f -> "\n    at " + f)
                .collect(Collectors.joining());
        String what = wait == null ? "nothing" : wait.what();
        return "\n" + name + " (" + standing + ") waits for " + what + stack;
    }

    @Override
    public String toString() {
        return name;
    }
}
