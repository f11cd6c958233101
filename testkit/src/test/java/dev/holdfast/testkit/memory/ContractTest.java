package dev.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contract against wrong ledgers: a named test of it must fail for each of them, and pass for the right one. */
final class ContractTest {

    private record Case(Class<?> mutant, List<String> tests) {
        Case(Class<?> mutant, String... tests) {
            this(mutant, List.of(tests));
        }
    }

    private static final List<Case> CASES = List.of(
            new Case(
                    Mutants.WithoutFence.class,
                    "anOlderEpochWritesNothing",
                    "aHolderWithAnotherNumberWritesNothing",
                    "theFormerHolderWritesNothingBetweenTheLossAndTheNextClaim"),
            new Case(Mutants.WithoutEpoch.class, "anOlderEpochWritesNothing", "aLaterEpochWritesNothing"),
            new Case(Mutants.WithoutIncarnation.class, "aNamesakeOfAnotherIncarnationWritesNothing"),
            new Case(
                    Mutants.WithoutSeq.class,
                    "aDecisionWithAnotherSeqWritesNothing",
                    "theLossOfAHolderThatHasWrittenMeanwhileIsStaleAndNoGap",
                    "aLossThatWasDecidedWhileAnotherHeldItWritesNothing"),
            new Case(Mutants.PostsToTheDead.class, "aMessageToAFinishedRunIsStale"),
            new Case(Mutants.StartsTwice.class, "aRunIsStartedOnce"),
            new Case(Mutants.UsesIdsAgain.class, "removingARunLeavesNothingOfIt"),
            new Case(Mutants.LeavesGaps.class, "snapshotsHaveNoGapAndNoRepetition"),
            new Case(Mutants.RecordsAgain.class, "aStepIsRecordedOnce"),
            new Case(Mutants.TakesAnyNumberOfSteps.class, "thereIsALimitOfSteps"),
            new Case(
                    Mutants.WritesHalves.class,
                    "aChangeThatCannotBeWrittenLeavesNothing",
                    "oneBadChangeHarmsNoneOfItsNeighbours"),
            new Case(Mutants.ForgetsRequests.class, "aRepeatedRequestGetsTheFirstAnswer"),
            new Case(Mutants.KeepsRequestsForEver.class, "requestIdsAreForgottenAfterADay"),
            new Case(Mutants.SharesRequestsAmongNamespaces.class, "requestIdsOfTwoNamespacesAreTwo"),
            new Case(Mutants.KeysAreNotUnique.class, "aKeyIsHeldWhileItsRunLives", "twoRunsWithOneKeyInOneBatchAreOne"),
            new Case(Mutants.KeysAreFreedWithTheEnd.class, "aKeyIsHeldForThirtyDaysAfterSuccess"),
            new Case(Mutants.RemovesWhatSomebodyIsToldOf.class, "whoeverWaitedForItIsToldFirst"),
            new Case(Mutants.KeysAreNeverFreed.class, "aKeyIsFreedByTheChangeThatFails"),
            new Case(Mutants.SharesKeysAmongNamespaces.class, "keysOfTwoNamespacesAreTwo"),
            new Case(Mutants.ShowsOtherNamespaces.class, "whatBelongsToOneNamespaceIsInvisibleToAnother"),
            new Case(Mutants.LosesTheNewest.class, "whatWasAcknowledgedIsThereAfterABoot"),
            new Case(Mutants.IsTheSameNodeAgain.class, "twoBootsAreTwoIncarnations"),
            new Case(Mutants.ClaimsTwice.class, "oneRunIsClaimedByOneOfTwo"),
            new Case(Mutants.ClaimsTheNewestFirst.class, "runsAreClaimedInTheOrderOfTheirPlaces"),
            new Case(Mutants.ClaimsMoreThanWished.class, "noMoreAreClaimedThanWished"),
            new Case(
                    LaneMutants.LanesHaveNoLimit.class,
                    "aSerialLaneGivesOneRunAtATimeInOrder",
                    "noLaneEverGivesMoreSlotsThanItHas"),
            new Case(LaneMutants.WaitingFreesEverySlot.class, "aSerialLaneKeepsItsOrderThroughRetriesLossesAndWaits"),
            new Case(
                    LaneMutants.TheFirstIsOvertaken.class,
                    "nothingOvertakesTheFirstOfASerialLaneNotEvenWhenNobodyHasItsCode"),
            new Case(LaneMutants.TheEndFreesEverySlot.class, "aRunThatIsOverKeepsItsSlotsUntilItsCodeHasLeft"),
            new Case(LaneMutants.ChildrenNeedASlotOfTheirOwn.class, "aChildInItsParentsSerialLaneExecutesInItsSlot"),
            new Case(
                    LaneMutants.PausesMeanNothing.class,
                    "aPausedQueueGivesNothing",
                    "aPausedLaneGivesNothingAndTheOthersDo"),
            new Case(LaneMutants.TurnsBeginInOneMoment.class, "eachRunOfASerialLaneBeginsLaterThanTheOneBeforeIt"),
            new Case(LaneMutants.GivesWhatWasToldToEnd.class, "aRunThatWasToldToEndIsNotClaimed"),
            new Case(LaneMutants.ThoseWhoComeBackGoFirst.class, "ofThoseThatComeBackEverySecondOneLetsANewOneIn"),
            new Case(LaneMutants.TheFirstLaneGoesFirst.class, "lanesTakeTurns"),
            new Case(ScheduleMutants.FiresAgain.class, "whoComesSecondFiresNothing", "ofManyWhoFireAtOnceOneDoes"),
            new Case(ScheduleMutants.FiresOldDefinitions.class, "anOldDefinitionFiresNoMore"),
            new Case(
                    Mutants.DebouncesNothing.class,
                    "aDebounceKeyIsHeldUntilTheFirstClaim",
                    "twoStartsOfOneBatchAreOneRun"),
            new Case(LaneMutants.RatesMeanNothing.class, "aQueueGivesNoMoreRunsInATimeThanItsRate"),
            new Case(LaneMutants.OnlyFirstClaimsCount.class, "everyClaimCounts"),
            new Case(LaneMutants.ForgetsWhatIsNotNamed.class, "changesOfDifferentThingsOfAQueueAllCount"),
            new Case(NodeMutants.GivesToTheDead.class, "whoIsDeadIsGivenNothingHoweverLateItsClaimArrives"),
            new Case(
                    NodeMutants.TakesTheLivingForDead.class,
                    "whatANeighbourHoldsIsItsOwnUntilItDies",
                    "whatLingersOnALiveNeighbourIsThatOnesToTell"),
            new Case(NodeMutants.GivesOneEverything.class, "aClaimGetsItsShareOfWhatWaits"),
            new Case(Mutants.StreamWithoutFence.class, "anOlderEpochAppendsNothing", "nothingIsAppendedAfterTheEnd"),
            new Case(Mutants.StreamWithoutEpoch.class, "anOlderEpochAppendsNothing"),
            new Case(Mutants.StreamWithoutIncarnation.class, "aNamesakeOfAnotherIncarnationAppendsNothing"),
            new Case(
                    Mutants.StreamThatNeverOpens.class,
                    "afterAnEpochHasOpenedNothingOfAnOlderOneIsAppended",
                    "whoHasLostARunBeforeHeSentAnythingSendsNothingOnceTheNextHasOpened"));

    @TestFactory
    Stream<DynamicTest> everyWrongLedgerIsRejected() {
        return CASES.stream()
                .map(c -> DynamicTest.dynamicTest(
                        c.mutant().getSimpleName(),
                        () -> assertAll(c.tests().stream().map(t -> () -> assertRejected(c.mutant(), t)))));
    }

    private static void assertRejected(Class<?> mutant, String test) {
        var right = run(right(mutant), test);
        assertThat(right.getTestsSucceededCount())
                .as("%s passes for the right one", test)
                .isEqualTo(1);
        var wrong = run(mutant, test);
        assertThat(wrong.getTestsFoundCount()).as("%s is there", test).isEqualTo(1);
        assertThat(wrong.getTestsFailedCount())
                .as("%s fails for %s", test, mutant.getSimpleName())
                .isEqualTo(1);
    }

    private static Class<?> right(Class<?> mutant) {
        if (Mutants.OfStream.class.isAssignableFrom(mutant)) return MemoryStreamTest.class;
        if (Mutants.OfOpening.class.isAssignableFrom(mutant)) return MemoryOpeningStreamTest.class;
        return MemoryLedgerTest.class;
    }

    private static TestExecutionSummary run(Class<?> suite, String test) {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(suite, test))
                .build();
        var listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
