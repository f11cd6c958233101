package dev.holdfast.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest state of a run: its row. Everything that a decision needs, and nothing of its payloads.
 *
 * @param id never reused
 * @param origin what never changes
 * @param policy what the task decided when the run began
 * @param place where it waits
 * @param status where it stands
 * @param fence what a write must name
 * @param tries what has been tried
 * @param times when
 */
public record Run(
        RunId id, Origin origin, Policy policy, Place place, Status status, Fence fence, Tries tries, Times times) {

    /**
     * @param namespace its tenant
     * @param task which code
     * @param version of the code that it began with
     * @param key the business key, if it has one
     * @param tags for finding it again
     * @param parent the run that has started it, null if none has
     * @param rerun the run that it does again, null if it is the first to do it
     */
    public record Origin(
            Namespace namespace,
            String task,
            String version,
            @Nullable String key,
            List<String> tags,
            @Nullable Parent parent,
            @Nullable Rerun rerun) {
        public Origin {
            tags = List.copyOf(tags);
        }

        /** The first to do what it does. */
        public Origin(
                Namespace namespace,
                String task,
                String version,
                @Nullable String key,
                List<String> tags,
                @Nullable Parent parent) {
            this(namespace, task, version, key, tags, parent, null);
        }
    }

    /**
     * What a run does again.
     *
     * @param of the run whose input it has
     * @param from the first step that is done again: it has what that run had recorded before. Null: from the top
     */
    public record Rerun(RunId of, @Nullable StepKey from) {}

    /**
     * Who has started a child: by this its parent knows it again, and starts it once.
     *
     * @param run the parent
     * @param attempt of the parent, in which it was started
     * @param key of the parent's step that waits for it
     * @param bond whether it ends with its parent
     */
    public record Parent(RunId run, int attempt, StepKey key, Bond bond) {}

    /** What the end of the parent means to a child. */
    public enum Bond {
        /** It is cancelled. */
        ATTACHED,
        /** It goes on. */
        DETACHED
    }

    /**
     * @param retry when a failed attempt is tried again
     * @param giveUpAfter a longer wait frees the thread
     * @param maxDuration from the first start to the end, null for no limit
     */
    public record Policy(
            Retry retry, Duration giveUpAfter, @Nullable Duration maxDuration) {}

    /**
     * @param queue its name
     * @param lane the part of the queue, null for none
     * @param slotOf the lane whose slot the run holds, null for none
     * @param at its place in the order: the earlier first. Kept when it comes back
     * @param due not claimable before; null for now
     * @param lingers the node in which its code still executes although the run has ended: until that has left, the run
     *     keeps its slots. Null for nowhere
     * @param debounce the key under which further starts of its task move it and replace its input: only until its first
     *     start. Null for none
     */
    public record Place(
            String queue,
            @Nullable Lane lane,
            @Nullable String slotOf,
            Instant at,
            @Nullable Instant due,
            @Nullable Holder lingers,
            @Nullable String debounce) {
        Place dueAt(@Nullable Instant time) {
            return new Place(queue, lane, slotOf, at, time, lingers, debounce);
        }

        Place debounced(String key) {
            return new Place(queue, lane, slotOf, at, due, lingers, key);
        }

        /** It executes from now on. */
        Place entered(Slot slot) {
            String taken = lane == null || slot == Slot.PARENTS ? slotOf : lane.name();
            return new Place(queue, lane, taken, at, null, null, null);
        }

        /** It executes no more, and will again: the slot of a serial lane is kept. */
        Place released() {
            boolean keeps = lane != null && lane.isSerial();
            return new Place(queue, lane, keeps ? slotOf : null, at, due, null, null);
        }

        /** As it is for a run that has ended: it waits for nothing and holds no slot. */
        Place left() {
            return new Place(queue, lane, null, at, null, null, null);
        }

        /** As it is for a run that has ended while its code goes on in this node. */
        Place lingering(Holder node) {
            return new Place(queue, lane, slotOf, at, null, node, null);
        }
    }

    /**
     * @param state where it stands
     * @param outcome set if and only if FINISHED
     * @param stop set if and only if STOPPING
     * @param cancelled the cancel mark: the run is to end CANCELLED, and may be compensating
     * @param parked set while its code does not fit what was recorded
     * @param waiting set if and only if BLOCKED: what it goes on with
     */
    public record Status(
            RunState state,
            @Nullable Outcome outcome,
            @Nullable Stop stop,
            boolean cancelled,
            @Nullable Parked parked,
            @Nullable Waiting waiting) {
        static final Status FRESH = new Status(RunState.QUEUED, null, null, false, null, null);

        /** Whoever tries it may not fit either: what did not fit is known until somebody has got on with it. */
        Status in(RunState next) {
            boolean tries = next == RunState.STARTING || next == RunState.RUNNING;
            return new Status(next, null, null, cancelled, tries ? parked : null, null);
        }

        Status blocked(Waiting on) {
            return new Status(RunState.BLOCKED, null, null, cancelled, null, on);
        }

        Status marked() {
            return new Status(state, outcome, stop, true, parked, waiting);
        }

        Status parkedFor(Parked why) {
            return new Status(state, outcome, stop, cancelled, why, waiting);
        }

        Status unparked() {
            return new Status(state, outcome, stop, cancelled, null, waiting);
        }

        Status stopping(Stop why) {
            return new Status(RunState.STOPPING, null, why, cancelled || why.next() == Stop.Next.CANCELLED, null, null);
        }

        Status finished(Outcome end) {
            return new Status(RunState.FINISHED, end, null, cancelled, null, null);
        }
    }

    /**
     * The code at a key was not what had been recorded there. A version that was not tried yet may claim the run: where several
     * are hosted, and none of them fits, each is tried once.
     *
     * @param versions of the code that do not fit, in the order in which they were tried, without line breaks; the last one
     *     gave the other three
     * @param key where
     * @param recorded the name that was recorded
     * @param called the name that the code called
     */
    public record Parked(List<String> versions, StepKey key, String recorded, String called) {
        public Parked {
            versions = List.copyOf(versions);
            if (versions.isEmpty()) throw new IllegalArgumentException("parked for no version");
        }

        /** The first that does not fit. */
        public Parked(String version, StepKey key, String recorded, String called) {
            this(List.of(version), key, recorded, called);
        }

        /** Whether code of this version may be tried. */
        public boolean mayFit(String version) {
            return !versions.contains(version);
        }

        /** The last that was tried. */
        public String version() {
            return versions.getLast();
        }

        /** Those that did not fit before did not fit either. */
        Parked after(@Nullable Parked before) {
            if (before == null) return this;
            var all = new ArrayList<>(before.versions);
            all.removeAll(versions);
            all.addAll(versions);
            return new Parked(all, key, recorded, called);
        }
    }

    /**
     * @param attempt from 1; grows when a failure is retried
     * @param losses consecutive deaths of a holder without progress
     * @param lossesAlone those of them as a suspect, while nothing else ran beside it
     */
    public record Tries(int attempt, int losses, int lossesAlone) {
        static final Tries FIRST = new Tries(1, 0, 0);
    }

    /**
     * @param created when it was accepted
     * @param started its first claim
     * @param finished its end
     * @param deadlines by name
     */
    public record Times(
            Instant created,
            @Nullable Instant started,
            @Nullable Instant finished,
            Deadlines deadlines) {
        Times with(Deadlines next) {
            return new Times(created, started, finished, next);
        }
    }

    /** Whose slot a run has while it executes. */
    public enum Slot {
        /** One of its lane, if it has a lane. */
        OWN,
        /** That of its parent, which is in the same serial lane. */
        PARENTS
    }

    Run at(Place next) {
        return new Run(id, origin, policy, next, status, fence, tries, times);
    }

    Run tried(Tries next) {
        return new Run(id, origin, policy, place, status, fence, next, times);
    }

    Run moved(Status to, Fence by, Times when) {
        return new Run(id, origin, policy, place, to, by, tries, when);
    }

    public RunState state() {
        return status.state();
    }

    public boolean isFinished() {
        return status.state() == RunState.FINISHED;
    }

    /** Whether somebody must be alive for it to go on. */
    public boolean isHeld() {
        return fence.holder() != null;
    }

    /** BLOCKED and nobody holds it. */
    public boolean isGivenUp() {
        return status.state() == RunState.BLOCKED && !isHeld();
    }

    /** Whether its holders keep dying: it may be the reason, so it is only tried alone. A recorded step clears it. */
    public boolean isSuspect() {
        return tries.losses() >= Defaults.SUSPECT_AFTER_LOSSES;
    }

    /** Whether code of this version may be tried: none is known not to fit, or not this one. */
    public boolean mayFit(String version) {
        Parked parked = status.parked();
        return parked == null || parked.mayFit(version);
    }

    /** Whether it was ever claimed. */
    public boolean wasStarted() {
        return times.started() != null;
    }

    /** Whether its business key is taken now: while it lives, and after some outcomes until the key expires. */
    public boolean holdsKey(Instant now) {
        if (origin.key() == null) return false;
        Outcome end = status.outcome();
        if (end == null) return true;
        Instant finished = times.finished();
        return end.keepsKey() && finished != null && now.isBefore(finished.plus(Defaults.KEY_RETENTION));
    }
}
