package dev.holdfast.testkit.memory;

import dev.holdfast.core.Run;
import dev.holdfast.engine.port.QueueSettings;
import dev.holdfast.testkit.memory.MemoryDisk.LaneKey;
import java.time.Instant;

/** Ledgers that are wrong about lanes and queues, each in one way. */
final class LaneMutants {
    private LaneMutants() {}

    static final class LanesHaveNoLimit extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                int limit(int set) {
                    return 1_000;
                }
            };
        }
    }

    static final class WaitingFreesEverySlot extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean hasSlot(Stored stored) {
                    return stored.run.isHeld() && super.hasSlot(stored);
                }
            };
        }
    }

    static final class TheFirstIsOvertaken extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean keepsTheOrder() {
                    return false;
                }
            };
        }
    }

    static final class TheEndFreesEverySlot extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean hasSlot(Stored stored) {
                    return !stored.run.isFinished() && super.hasSlot(stored);
                }

                @Override
                boolean executes(Run run) {
                    return run.isHeld();
                }
            };
        }
    }

    static final class ChildrenNeedASlotOfTheirOwn extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean executesUnderParent(boolean is) {
                    return false;
                }
            };
        }
    }

    static final class TurnsBeginInOneMoment extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                Instant after(Instant before) {
                    return before;
                }
            };
        }
    }

    static final class GivesWhatWasToldToEnd extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean isCancelled(Stored stored) {
                    return false;
                }
            };
        }
    }

    static final class PausesMeanNothing extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean minds(LaneKey key) {
                    return false;
                }
            };
        }
    }

    static final class ThoseWhoComeBackGoFirst extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean alternates() {
                    return false;
                }
            };
        }
    }

    static final class TheFirstLaneGoesFirst extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean servesInTurn() {
                    return false;
                }
            };
        }
    }

    static final class RatesMeanNothing extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                int rate(int count) {
                    return 1_000_000;
                }
            };
        }
    }

    static final class OnlyFirstClaimsCount extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean counts(Run before) {
                    return !before.wasStarted();
                }
            };
        }
    }

    static final class ForgetsWhatIsNotNamed extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                QueueSettings present(QueueSettings settings) {
                    return QueueSettings.NONE;
                }
            };
        }
    }
}
