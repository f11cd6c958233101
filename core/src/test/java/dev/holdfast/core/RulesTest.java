package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command.Blame;
import dev.holdfast.core.Deadlines.Name;
import dev.holdfast.core.Decision.Nothing;
import dev.holdfast.core.Decision.Refusal;
import dev.holdfast.core.Decision.Stale;
import dev.holdfast.core.Decision.Transition;
import dev.holdfast.core.Stop.Next;
import dev.holdfast.core.Stop.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One promise, one race each. What holds of all sequences is in {@link RulesPropertyTest}. */
class RulesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Holder NODE = new Holder(Holder.Kind.NODE, 1, 10);
    private static final Holder SAME_NODE_AGAIN = new Holder(Holder.Kind.NODE, 1, 11);
    private static final Holder WORKER = new Holder(Holder.Kind.WORKER, 1, 10);
    private static final RunError ERROR = new RunError("user_error", "Error", "it failed", "", true);

    /** A run and the time, moved on by commands. */
    private record Tale(Run run, Instant now) {
        Tale then(Function<Run, Command> command) {
            var decision = decide(command);
            return switch (decision) {
                case Transition t -> new Tale(t.next(), now);
                case Decision.Accepted a -> new Tale(a.next(), now);
                default -> throw new AssertionError(command.apply(run) + " gave " + decision + " for " + run);
            };
        }

        Decision decide(Function<Run, Command> command) {
            return Rules.decide(run, command.apply(run), now);
        }

        Tale later(Duration time) {
            return new Tale(run, now.plus(time));
        }

        Tale claimed() {
            return then(r -> new Command.Claim(NODE));
        }

        Tale lost() {
            return then(r -> new Command.Lost(by(r).holder(), Blame.COUNTED));
        }

        /** What the sweep does, once. */
        Tale swept() {
            return then(r -> new Command.DeadlineCame(
                    r.times().deadlines().due(now).orElseThrow(() -> new AssertionError("nothing is due of " + r))));
        }

        Tale stop(Reason reason, Next next) {
            return then(r -> new Command.StopIt(new Stop(reason, next)));
        }

        Tale cancelled() {
            return then(r -> new Command.Cancel(true));
        }

        @Nullable
        Outcome outcome() {
            return run.status().outcome();
        }

        RunState state() {
            return run.state();
        }
    }

    private static Tale started(Command.Timing timing, @Nullable Duration maxDuration) {
        var start = new Command.Start(
                new RunId(1, 1),
                new Run.Origin(Namespace.DEFAULT, "task", "1", "key", List.of(), null),
                new Run.Policy(Retry.exponential(3), Defaults.GIVE_UP_AFTER, maxDuration),
                Defaults.QUEUE,
                null,
                timing);
        return new Tale(Rules.start(start, NOW).next(), NOW);
    }

    private static Tale queued() {
        return started(Command.Timing.NOW, null);
    }

    private static Fence.By by(Run run) {
        Holder holder = run.fence().holder();
        return new Fence.By(run.fence().epoch(), holder == null ? NODE : holder);
    }

    @Test
    void aZombieIsStaleFromTheLossOnAndNotOnlyFromTheNextClaim() {
        var running = queued().claimed();
        var zombie = by(running.run());
        var requeued = running.lost();
        assertThat(requeued.run().fence().epoch()).isEqualTo(zombie.epoch() + 1);
        assertThat(requeued.decide(r -> new Command.RecordStep(zombie))).isInstanceOf(Stale.class);
        assertThat(requeued.decide(r -> new Command.Succeed(zombie))).isInstanceOf(Stale.class);
        assertThat(requeued.claimed().decide(r -> new Command.Succeed(zombie))).isInstanceOf(Stale.class);
    }

    @Test
    void aNamesakeIsNotTheHolder() {
        var running = queued().claimed();
        var namesake = new Fence.By(running.run().fence().epoch(), SAME_NODE_AGAIN);
        assertThat(running.decide(r -> new Command.Succeed(namesake))).isInstanceOf(Stale.class);
        assertThat(running.decide(r -> new Command.Lost(SAME_NODE_AGAIN, Blame.COUNTED)))
                .isInstanceOf(Nothing.class);
    }

    @Test
    void aFinishedRunKeepsItsOutcome() {
        var finished = queued().claimed().then(r -> new Command.Succeed(by(r)));
        var old = new Fence.By(1, NODE);
        assertThat(finished.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(finished.decide(r -> new Command.Fail(old, ERROR, 0.5))).isInstanceOf(Stale.class);
        assertThat(finished.decide(r -> new Command.Succeed(by(r)))).isInstanceOf(Stale.class);
        assertThat(finished.decide(r -> new Command.Cancel(true))).isInstanceOf(Nothing.class);
        assertThat(finished.decide(r -> new Command.Claim(NODE))).isInstanceOf(Stale.class);
        assertThat(finished.decide(r -> new Command.Lost(NODE, Blame.COUNTED))).isInstanceOf(Nothing.class);
    }

    @Test
    void aLossKeepsTheAttemptAndAFailureEndsIt() {
        assertThat(queued().claimed().lost().run().tries()).isEqualTo(new Run.Tries(1, 1, 0));
        var failed = queued().claimed().then(r -> new Command.Fail(by(r), ERROR, 0.5));
        assertThat(failed.run().tries()).isEqualTo(new Run.Tries(2, 0, 0));
        assertThat(failed.run().place().due()).isEqualTo(NOW.plusSeconds(1));
        assertThat(failed.decide(r -> new Command.Claim(NODE))).isInstanceOf(Refusal.class);
    }

    @Test
    void theRetriesAreSpentAfterTheLastAttempt() {
        var tale = queued();
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(tale.run().tries().attempt()).isEqualTo(attempt);
            tale = tale.claimed().then(r -> new Command.Fail(by(r), ERROR, 0.5)).later(Duration.ofMinutes(1));
        }
        assertThat(tale.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void aFinalFailureIsNotRetried() {
        var no = RunError.of(new NoRetry("no"));
        assertThat(queued().claimed()
                        .then(r -> new Command.Fail(by(r), no, 0.5))
                        .outcome())
                .isEqualTo(Outcome.FAILED);
        assertThat(queued().claimed()
                        .then(r -> new Command.Crash(by(r), no, 0.5))
                        .outcome())
                .isEqualTo(Outcome.CRASHED);
    }

    @Test
    void aRecordedStepIsProgress() {
        var suspect = queued();
        for (int i = 0; i < 3; i++)
            suspect = suspect.later(Duration.ofMinutes(9)).claimed().lost();
        assertThat(suspect.run().tries().losses()).isEqualTo(3);
        assertThat(suspect.run().place().due()).isEqualTo(suspect.now().plusMillis(500));
        var going = suspect.later(Duration.ofMinutes(9)).claimed().then(r -> new Command.RecordStep(by(r)));
        assertThat(going.run().tries().losses()).isZero();
    }

    @Test
    void aRunThatIsLostThreeTimesWhileItIsAloneIsTheReason() {
        var run = queued();
        for (int i = 0; i < 5; i++) {
            run = run.later(Duration.ofMinutes(9)).claimed().lost();
            assertThat(run.state()).isEqualTo(RunState.QUEUED);
        }
        var drained = run.later(Duration.ofMinutes(9)).claimed().then(r -> new Command.Lost(NODE, Blame.NOT_COUNTED));
        assertThat(drained.state()).as("a drain blames nobody").isEqualTo(RunState.QUEUED);
        var end = drained.later(Duration.ofMinutes(9)).claimed().lost();
        assertThat(end.outcome()).isEqualTo(Outcome.SYSTEM_FAILURE);
    }

    @Test
    void whoHasExecutedForTenMinutesIsNotTheReasonForTheLosses() {
        var run = queued();
        for (int i = 0; i < 4; i++)
            run = run.later(Duration.ofMinutes(9)).claimed().lost();
        var executing = run.later(Duration.ofMinutes(9)).claimed();
        assertThat(executing.run().isSuspect()).isTrue();
        var healthy = executing.later(Duration.ofMinutes(10)).swept();
        assertThat(healthy.state()).isEqualTo(RunState.RUNNING);
        assertThat(healthy.run().tries()).isEqualTo(new Run.Tries(1, 0, 0));
        assertThat(healthy.run().times().deadlines()).isEqualTo(Deadlines.NONE);
        assertThat(healthy.lost().run().tries().losses()).isEqualTo(1);
    }

    @Test
    void aDrainDoesNotCountAgainstTheRun() {
        var lost =
                queued().claimed().stop(Reason.DRAIN, Next.QUEUED).then(r -> new Command.Lost(NODE, Blame.NOT_COUNTED));
        assertThat(lost.state()).isEqualTo(RunState.QUEUED);
        assertThat(lost.run().tries()).isEqualTo(new Run.Tries(1, 0, 0));
    }

    @Test
    void aLossForWhichNobodyIsBlamedSaysSo() {
        var held = queued().claimed();
        assertThat(causeOfLoss(held, Blame.NOT_COUNTED)).isEqualTo("lost: " + NODE + ", not counted");
        assertThat(causeOfLoss(held, Blame.COUNTED)).isEqualTo("lost: " + NODE);
    }

    private static String causeOfLoss(Tale tale, Blame blame) {
        return tale.decide(r -> new Command.Lost(NODE, blame)) instanceof Transition lost
                ? lost.cause()
                : "no transition";
    }

    @Test
    void aDrainThatTakesTooLongDoesNotEndTheRunNorStartASecondExecutor() {
        var draining = queued().claimed().stop(Reason.DRAIN, Next.QUEUED).later(Duration.ofMinutes(1));
        var still = draining.swept();
        assertThat(still.state()).isEqualTo(RunState.STOPPING);
        assertThat(still.run().times().deadlines().byName().get(Name.STOP)).isAfter(still.now());
        assertThat(still.lost().state()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void codeInANodeThatDoesNotStopEndsInsteadOfStartingAgainBesideItself() {
        var stuck = queued().claimed().stop(Reason.NO_PROGRESS, Next.QUEUED).later(Duration.ofMinutes(1));
        assertThat(stuck.swept().outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void aWorkerThatDoesNotStopIsFencedAndTheRunGoesOn() {
        var stuck = queued().then(r -> new Command.Claim(WORKER))
                .stop(Reason.NO_PROGRESS, Next.QUEUED)
                .later(Duration.ofMinutes(1));
        assertThat(stuck.swept().state()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void aRunThatDoesNotStartInTimeIsTakenBack() {
        var starting = queued().then(r -> new Command.Claim(WORKER)).later(Defaults.START_DEADLINE);
        var stopping = starting.swept();
        assertThat(stopping.run().status().stop()).isEqualTo(new Stop(Reason.NOT_STARTED, Next.QUEUED));
        assertThat(stopping.decide(r -> new Command.Started(by(r)))).isInstanceOf(Nothing.class);
        assertThat(stopping.then(r -> new Command.Stopped(by(r), false)).state())
                .isEqualTo(RunState.QUEUED);
    }

    @Test
    void aRunWhoseTimeToLiveIsOverIsNotClaimedBeforeTheSweepComes() {
        var timing = new Command.Timing(Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO);
        var late = started(timing, null).later(Duration.ofSeconds(5));
        assertThat(late.decide(r -> new Command.Claim(NODE))).isInstanceOf(Refusal.class);
        assertThat(late.swept().outcome()).isEqualTo(Outcome.EXPIRED);
        var inTime =
                started(timing, null).later(Duration.ofSeconds(4)).claimed().later(Duration.ofDays(1));
        assertThat(inTime.run().times().deadlines().due(inTime.now())).isEmpty();
    }

    @Test
    void anotherStartWithItsDebounceKeyPostponesARunThatWasNeverStarted() {
        var quiet = new Command.Debounce("key", Duration.ofSeconds(5));
        var timing = new Command.Timing(Duration.ZERO, Duration.ofSeconds(20), Duration.ZERO, quiet);
        var first = started(timing, null);
        assertThat(first.run().place().due()).isEqualTo(NOW.plusSeconds(5));
        var later = first.later(Duration.ofSeconds(6)).then(r -> new Command.Postpone(timing));
        assertThat(later.run().place().due()).isEqualTo(NOW.plusSeconds(11));
        assertThat(later.run().times().deadlines().byName().get(Name.TTL)).isEqualTo(NOW.plusSeconds(26));
        assertThat(later.decide(r -> new Command.Claim(NODE))).isInstanceOf(Refusal.class);
        assertThat(later.later(Duration.ofSeconds(20)).decide(r -> new Command.Postpone(timing)))
                .as("its time to live is over")
                .isInstanceOf(Refusal.class);
        var claimed = later.later(Duration.ofSeconds(5)).claimed();
        assertThat(claimed.run().place().debounce()).isNull();
        assertThat(claimed.decide(r -> new Command.Postpone(timing))).isInstanceOf(Nothing.class);
        assertThat(later.cancelled().run().place().debounce()).isNull();
    }

    @Test
    void aTimeLimitThatPassesDuringADrainIsNotForgotten() {
        var draining = started(Command.Timing.NOW, Duration.ofSeconds(5))
                .claimed()
                .stop(Reason.DRAIN, Next.QUEUED)
                .later(Duration.ofSeconds(5));
        var swept = draining.swept();
        assertThat(swept.run().status().stop()).isEqualTo(new Stop(Reason.DRAIN, Next.TIMED_OUT));
        assertThat(swept.then(r -> new Command.Stopped(by(r), false)).outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void aRunThatIsOverItsTimeCannotParkItselfBackIntoTheQueue() {
        var late = queued().claimed().stop(Reason.TIME_OUT, Next.TIMED_OUT);
        var parked = late.then(r -> new Command.Park(by(r), new Run.Parked("1", StepKey.of(1), "a", "b")));
        assertThat(parked.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void successWhileDrainingCountsAsItselfButNotAfterACancel() {
        var draining = queued().claimed().stop(Reason.DRAIN, Next.QUEUED);
        assertThat(draining.then(r -> new Command.Succeed(by(r))).outcome()).isEqualTo(Outcome.SUCCEEDED);

        var compensating = queued().claimed().cancelled().lost().claimed().stop(Reason.DRAIN, Next.QUEUED);
        assertThat(compensating.then(r -> new Command.Succeed(by(r))).outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void aCancelIsNotLostWithTheHolder() {
        var lost = queued().claimed().cancelled().lost();
        assertThat(lost.state()).isEqualTo(RunState.QUEUED);
        assertThat(lost.run().status().cancelled()).isTrue();
        assertThat(lost.claimed().then(r -> new Command.Succeed(by(r))).outcome())
                .isEqualTo(Outcome.CANCELLED);
        assertThat(lost.later(Defaults.COMPENSATION_BUDGET).swept().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void theCompensationHasOneBudgetForAllEpochs() {
        var tale = queued().claimed().cancelled();
        Instant end = NOW.plus(Defaults.COMPENSATION_BUDGET);
        for (int i = 0; i < 3; i++) {
            tale = tale.later(Duration.ofSeconds(10))
                    .lost()
                    .later(Duration.ofSeconds(5))
                    .claimed();
            assertThat(tale.run().times().deadlines().byName().get(Name.COMPENSATION))
                    .isEqualTo(end);
            assertThat(tale.decide(r -> new Command.Cancel(true))).isInstanceOf(Nothing.class);
        }
        assertThat(tale.later(Duration.ofSeconds(15)).swept().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void theBudgetOfACompensationBeginsWhenSomebodyExecutesIt() {
        var givenUp = queued().claimed()
                .then(r -> new Command.Block(by(r), Waiting.on(StepKey.of(1)), null))
                .then(r -> new Command.GiveUp(by(r)));
        var waits = givenUp.cancelled().later(Defaults.COMPENSATION_BUDGET.multipliedBy(10));
        assertThat(waits.run().times().deadlines().byName()).isEmpty();
        assertThat(waits.state()).isEqualTo(RunState.QUEUED);

        var claimed = waits.claimed();
        assertThat(claimed.run().times().deadlines().byName().get(Name.COMPENSATION))
                .isEqualTo(NOW.plus(Defaults.COMPENSATION_BUDGET.multipliedBy(11)));
        assertThat(claimed.later(Defaults.COMPENSATION_BUDGET).swept().outcome())
                .isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void whatWaitsToCompensateByCodeThatIsGoneEndsWhenAskedAgain() {
        var waits = queued().claimed()
                .then(r -> new Command.Fail(by(r), ERROR, 0.5))
                .cancelled();
        assertThat(waits.decide(r -> new Command.Cancel(true))).isInstanceOf(Nothing.class);
        assertThat(waits.then(r -> new Command.Cancel(false)).outcome()).isEqualTo(Outcome.CANCELLED);
        // One whose compensation has begun has its budget, and its end.
        var begun = queued().claimed().cancelled().lost();
        assertThat(begun.decide(r -> new Command.Cancel(false))).isInstanceOf(Nothing.class);
    }

    @Test
    void aDrainInTheMiddleOfACompensationLetsItGoOnLater() {
        var drained = queued().claimed().stop(Reason.DRAIN, Next.QUEUED).cancelled();
        var again = drained.then(r -> new Command.Stopped(by(r), false));
        assertThat(again.state()).isEqualTo(RunState.QUEUED);
        assertThat(again.run().status().cancelled()).isTrue();
    }

    @Test
    void aCancelThatMetTheCodeBetweenStepsComesBackToBeDelivered() {
        var cancelled = queued().claimed().cancelled();
        var again = cancelled.then(r -> new Command.Stopped(by(r), false));
        assertThat(again.state()).isEqualTo(RunState.QUEUED);
        assertThat(again.run().status().cancelled()).isTrue();
        assertThat(again.run().place()).isEqualTo(cancelled.run().place());
        // Nobody interrupts the epoch that begins with the mark: what leaves it, has left for good.
        assertThat(again.claimed().then(r -> new Command.Stopped(by(r), false)).outcome())
                .isEqualTo(Outcome.CANCELLED);
        assertThat(cancelled.then(r -> new Command.Stopped(by(r), true)).outcome())
                .isEqualTo(Outcome.CANCELLED);
        assertThat(cancelled
                        .later(Defaults.COMPENSATION_BUDGET)
                        .then(r -> new Command.Stopped(by(r), false))
                        .outcome())
                .isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void aCancelledRunThatWaitsForNothingStillEnds() {
        var blocked = queued().claimed()
                .cancelled()
                .lost()
                .claimed()
                .then(r -> new Command.Block(by(r), Waiting.on(StepKey.of(1)), null))
                .then(r -> new Command.GiveUp(by(r)));
        assertThat(blocked.run().isGivenUp()).isTrue();
        assertThat(blocked.later(Defaults.COMPENSATION_BUDGET).swept().outcome())
                .isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void cancelOfARunWithoutAHolderEndsItUnlessItHasSomethingToCompensate() {
        assertThat(queued().then(r -> new Command.Cancel(false)).outcome()).isEqualTo(Outcome.CANCELLED);
        var backOff = queued().claimed().then(r -> new Command.Fail(by(r), ERROR, 0.5));
        var compensates = backOff.cancelled();
        assertThat(compensates.state()).isEqualTo(RunState.QUEUED);
        assertThat(compensates.run().place().due()).isNull();
        var parked = queued().claimed()
                .then(r -> new Command.Park(by(r), new Run.Parked("1", StepKey.of(1), "a", "b")))
                .cancelled();
        assertThat(parked.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void anExecutorThatLeavesUnaskedDoesNotStayTheHolder() {
        var left = queued().claimed().then(r -> new Command.Stopped(by(r), false));
        assertThat(left.state()).isEqualTo(RunState.QUEUED);
        assertThat(left.run().tries()).isEqualTo(new Run.Tries(1, 0, 0));
    }

    @Test
    void aWaitThatComesTooEarlyIsKeptForTheNextBlock() {
        assertThat(queued().claimed().decide(r -> new Command.Unblock())).isInstanceOf(Decision.Accepted.class);
        assertThat(queued().claimed().lost().decide(r -> new Command.Unblock())).isInstanceOf(Decision.Accepted.class);
    }

    @Test
    void onlyAFinishedRunIsDeleted() {
        assertThat(queued().decide(r -> new Command.Delete())).isInstanceOf(Refusal.class);
        var finished = queued().then(r -> new Command.Cancel(false));
        assertThat(finished.decide(r -> new Command.Delete())).isInstanceOf(Decision.Removal.class);
    }

    @Test
    void aBusinessKeyStaysTakenAfterSuccessAndIsFreedByAFailure() {
        var running = queued().claimed();
        Instant before = NOW.plus(Defaults.KEY_RETENTION).minusSeconds(1);
        Instant after = NOW.plus(Defaults.KEY_RETENTION);
        var succeeded = running.then(r -> new Command.Succeed(by(r))).run();
        assertThat(running.run().holdsKey(after)).isTrue();
        assertThat(succeeded.holdsKey(before)).isTrue();
        assertThat(succeeded.holdsKey(after)).isFalse();
        var failed = running.then(r -> new Command.Fail(by(r), RunError.ours("no", "no"), 0.5));
        assertThat(failed.run().holdsKey(before)).isFalse();
    }

    @Test
    void noDurationIsTooLong() {
        var forever = Duration.ofSeconds(Long.MAX_VALUE);
        var timing = new Command.Timing(forever, forever, forever.negated());
        var run = started(timing, forever).run();
        assertThat(run.place().due()).isEqualTo(NOW.plus(Defaults.LONGEST));
    }
}
