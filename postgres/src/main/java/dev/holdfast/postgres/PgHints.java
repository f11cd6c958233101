package dev.holdfast.postgres;

import dev.holdfast.core.Holder;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Bell;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Threads;
import dev.holdfast.engine.system.LocalHints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Hints of this process, and those of other nodes. A node only hears of the runs that somebody on it waits for: it says so to
 * the others, unless the wait is over within some milliseconds, which most are. Whoever hears that and knows that the run has
 * moved lately says so at once: what happened before it was asked is not missed.
 */
final class PgHints implements Hints, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(2);
    /** Whoever looks may pass over what is locked in that moment: the others look once more. */
    private static final Duration ONCE_MORE = Duration.ofMillis(20);

    private static final int REMEMBERED = 8_192;

    private final LocalHints local = new LocalHints();
    private final Clock clock;
    private final Bell bell;
    private final Thread loop;
    private final Threads threads;
    private final Map<RunId, Integer> waitedFor = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Waited> fresh = new ConcurrentLinkedQueue<>();
    private final Set<RunId> told = ConcurrentHashMap.newKeySet();
    private final Map<RunId, Set<Long>> interested = new ConcurrentHashMap<>();
    private final Map<RunId, Boolean> lately = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };
    private volatile Speaker speaker = Speaker.NOBODY;
    private volatile long workAt;
    private volatile boolean workAsked;
    private volatile boolean closed;

    /** So much fits into what is said at once, and into what is said next if that comes late. */
    private static final int SAID_AT_ONCE = 50;

    private static final long ALL = 0;

    /** @param node to whom it is to be said, {@link #ALL} for everybody */
    private record Waited(RunId run, long since, long node) {}

    PgHints(Threads threads, Clock clock) {
        this.threads = threads;
        this.clock = clock;
        this.bell = threads.bell();
        this.loop = threads.loop("holdfast-hints", this::run);
    }

    /** This node has a number, and can speak; or has none any more. */
    void speakBy(Speaker now) {
        // Others have told a node that joins what they wait for before it can speak.
        boolean joins = speaker.number() == Speaker.NO_NUMBER && now.number() != Speaker.NO_NUMBER;
        if (!joins) interested.clear();
        told.clear();
        speaker = now;
        for (RunId run : waitedFor.keySet()) fresh.add(new Waited(run, clock.nanos(), ALL));
        bell.ring();
    }

    @Override
    public void changed(RunId run) {
        local.changed(run);
        tell(run, false);
    }

    @Override
    public void ended(RunId run) {
        local.ended(run);
        tell(run, true);
    }

    private void tell(RunId run, boolean end) {
        Speaker by = speaker;
        if (by.isAlone()) return;
        synchronized (lately) {
            lately.merge(run, end, Boolean::logicalOr);
        }
        Set<Long> nodes = interested.get(run);
        if (nodes == null) return;
        for (long node : nodes) by.say(node, (end ? "e" : "c") + run);
        if (end) interested.remove(run);
    }

    @Override
    public void posted(RunId run, Holder holder) {
        speaker.say(holder.number(), posted(run));
    }

    /** Somebody is to look at the run. */
    static String posted(RunId run) {
        return "p" + run;
    }

    @Override
    public void work() {
        local.work();
        if (workAsked || speaker.isAlone()) return;
        workAt = clock.nanos();
        workAsked = true;
        bell.ring();
    }

    @Override
    public Listening onChange(RunId run, Runnable look) {
        return waiting(run, local.onChange(run, look));
    }

    @Override
    public Listening onEnd(RunId run, Runnable look) {
        return waiting(run, local.onEnd(run, look));
    }

    private Listening waiting(RunId run, Listening listening) {
        int before = waitedFor.merge(run, 1, Integer::sum);
        if (before == 1 && !speaker.isAlone()) {
            fresh.add(new Waited(run, clock.nanos(), ALL));
            bell.ring();
        }
        return () -> {
            listening.close();
            boolean last = waitedFor.computeIfPresent(run, (id, n) -> n == 1 ? null : (Integer) (n - 1)) == null;
            if (last && told.remove(run)) {
                for (long node : speaker.others()) speaker.say(node, "u" + run + " " + speaker.number());
            }
        };
    }

    @Override
    public Listening onPost(Consumer<RunId> look) {
        return local.onPost(look);
    }

    @Override
    public Listening onWork(Runnable look) {
        return local.onWork(look);
    }

    /** What another node has said. */
    void heard(String payload) {
        if (payload.equals("w")) {
            local.work();
            return;
        }
        int at = payload.indexOf(' ');
        RunId run = at < 0
                ? RunId.parse(payload.substring(1)).orElse(null)
                : RunId.parse(payload.substring(1, at)).orElse(null);
        if (run == null) return;
        switch (payload.charAt(0)) {
            case 'c' -> local.changed(run);
            case 'e' -> local.ended(run);
            case 'p' -> local.posted(run);
            case 'i' -> hasInterest(run, Long.parseLong(payload.substring(at + 1)));
            case 'u' -> hasNone(run, Long.parseLong(payload.substring(at + 1)));
            default -> {}
        }
    }

    private void hasInterest(RunId run, long node) {
        interested.compute(run, (r, present) -> {
            Set<Long> nodes = present == null ? ConcurrentHashMap.newKeySet() : present;
            nodes.add(node);
            return nodes;
        });
        Boolean end;
        synchronized (lately) {
            end = lately.get(run);
        }
        if (end != null) speaker.say(node, (end ? "e" : "c") + run);
    }

    /** Nothing is kept of a run for which nobody waits. */
    private void hasNone(RunId run, long node) {
        interested.computeIfPresent(run, (r, nodes) -> {
            nodes.remove(node);
            return nodes.isEmpty() ? null : nodes;
        });
    }

    /** Another node has joined: it has not heard for which runs somebody waits here. */
    void joined(long node) {
        for (RunId run : waitedFor.keySet()) fresh.add(new Waited(run, clock.nanos(), node));
        bell.ring();
    }

    /** Something was not heard: whoever waits looks. */
    void missed() {
        local.work();
        for (RunId run : waitedFor.keySet()) local.ended(run);
    }

    /** A node is gone, and with it whoever waited there. */
    void gone(long node) {
        for (RunId run : interested.keySet()) hasNone(run, node);
    }

    private void run() {
        boolean again = false;
        try {
            while (!closed) {
                long now = clock.nanos();
                var by = speaker;
                long wait = sayFresh(by, now);
                if (workAsked && now - workAt >= PATIENCE.toNanos()) {
                    workAsked = false;
                    again = true;
                    for (long node : by.others()) by.say(node, "w");
                } else if (again && !workAsked && now - workAt >= ONCE_MORE.toNanos()) {
                    again = false;
                    for (long node : by.others()) by.say(node, "w");
                }
                if (workAsked) wait = Math.min(wait, PATIENCE.toNanos());
                if (again) wait = Math.min(wait, ONCE_MORE.toNanos());
                bell.await(Duration.ofNanos(wait));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says which runs are waited for here and have been for a moment. Answers how long until the next. */
    private long sayFresh(Speaker by, long now) {
        var left = new ArrayList<Waited>();
        int said = 0;
        for (Iterator<Waited> all = fresh.iterator(); all.hasNext(); ) {
            Waited each = all.next();
            all.remove();
            if (!waitedFor.containsKey(each.run())) continue;
            if (said == SAID_AT_ONCE || now - each.since() < PATIENCE.toNanos()) {
                left.add(each);
                continue;
            }
            said++;
            told.add(each.run());
            String interest = "i" + each.run() + " " + by.number();
            if (each.node() != ALL) by.say(each.node(), interest);
            else for (long node : by.others()) by.say(node, interest);
        }
        fresh.addAll(left);
        return left.isEmpty() ? Duration.ofSeconds(60).toNanos() : PATIENCE.toNanos();
    }

    @Override
    public void close() {
        closed = true;
        bell.ring();
        try {
            threads.join(loop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
