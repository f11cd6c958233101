package dev.holdfast.testkit.memory;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Claim;

/** Ledgers that are wrong about who is alive, each in one way. */
final class NodeMutants {
    private NodeMutants() {}

    static final class GivesToTheDead extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean mayHold(MemoryDisk present, Holder holder) {
                    return true;
                }
            };
        }
    }

    static final class TakesTheLivingForDead extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean isGone(MemoryDisk present, Holder holder) {
                    return true;
                }
            };
        }
    }

    static final class GivesOneEverything extends Mutants.OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                long share(Claim claim, long waiting) {
                    return waiting;
                }
            };
        }
    }
}
