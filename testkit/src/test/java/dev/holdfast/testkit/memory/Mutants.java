package dev.holdfast.testkit.memory;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Fence;
import dev.holdfast.core.Holder;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.StepRecord;
import dev.holdfast.engine.port.Claim;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Clock;
import dev.holdfast.engine.port.Expect;
import dev.holdfast.engine.port.Ids;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Message;
import dev.holdfast.engine.port.StreamLog;
import dev.holdfast.testkit.TestStore;
import dev.holdfast.testkit.contract.LedgerContract;
import dev.holdfast.testkit.contract.OpeningFencedContract;
import dev.holdfast.testkit.contract.RowFencedContract;
import dev.holdfast.testkit.memory.MemoryDisk.BusinessKey;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Ledgers that are wrong, each in one way. They are contract tests that must fail; nothing runs them but their test. */
final class Mutants {
    private Mutants() {}

    abstract static class OfLedger extends LedgerContract {
        final MemoryDisk disk = new MemoryDisk();

        Guards guards() {
            return new Guards();
        }

        @Override
        protected TestStore open(Clock clock, Ids ids) {
            return MemoryStore.open(disk, clock, ids, guards());
        }
    }

    abstract static class OfStream extends RowFencedContract {
        final MemoryDisk disk = new MemoryDisk();

        abstract Guards guards();

        @Override
        protected TestStore open(Clock clock, Ids ids) {
            return MemoryStore.open(disk, clock, ids, guards());
        }
    }

    private static final class AnyHolder extends Guards {
        @Override
        boolean holds(Run run, Fence.By by) {
            return true;
        }
    }

    private static final class AnyIncarnation extends Guards {
        @Override
        boolean holds(Run run, Fence.By by) {
            Holder holder = run.fence().holder();
            return run.fence().epoch() == by.epoch()
                    && holder != null
                    && holder.kind() == by.holder().kind()
                    && holder.number() == by.holder().number();
        }
    }

    private static final class AnyEpoch extends Guards {
        @Override
        boolean holds(Run run, Fence.By by) {
            return by.holder().equals(run.fence().holder());
        }
    }

    static final class WithoutFence extends OfLedger {
        @Override
        Guards guards() {
            return new AnyHolder();
        }
    }

    static final class WithoutEpoch extends OfLedger {
        @Override
        Guards guards() {
            return new AnyEpoch();
        }
    }

    static final class WithoutIncarnation extends OfLedger {
        @Override
        Guards guards() {
            return new AnyIncarnation();
        }
    }

    static final class WithoutSeq extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean admits(@Nullable Run run, boolean wasRemoved, Expect expect) {
                    return expect instanceof Expect.AsRead read
                            ? run != null && run.fence().epoch() == read.fence().epoch()
                            : super.admits(run, wasRemoved, expect);
                }
            };
        }
    }

    static final class PostsToTheDead extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean admits(@Nullable Run run, boolean wasRemoved, Expect expect) {
                    return expect instanceof Expect.Alive ? run != null : super.admits(run, wasRemoved, expect);
                }
            };
        }
    }

    static final class StartsTwice extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean admits(@Nullable Run run, boolean wasRemoved, Expect expect) {
                    return expect instanceof Expect.Absent || super.admits(run, wasRemoved, expect);
                }

                @Override
                boolean continues(@Nullable Run before, Run next, int snapshots) {
                    return true;
                }
            };
        }
    }

    static final class UsesIdsAgain extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean admits(@Nullable Run run, boolean wasRemoved, Expect expect) {
                    return super.admits(run, false, expect);
                }
            };
        }
    }

    static final class LeavesGaps extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean continues(@Nullable Run before, Run next, int snapshots) {
                    return true;
                }
            };
        }
    }

    static final class RecordsAgain extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean mayRecord(@Nullable StepRecord present) {
                    return true;
                }
            };
        }
    }

    static final class TakesAnyNumberOfSteps extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean hasRoom(int steps) {
                    return true;
                }
            };
        }
    }

    static final class WritesHalves extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                Stored draft(Stored present) {
                    return present;
                }
            };
        }
    }

    static final class ForgetsRequests extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean expired(Instant request, Instant now) {
                    return true;
                }
            };
        }
    }

    static final class KeepsRequestsForEver extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean expired(Instant request, Instant now) {
                    return false;
                }
            };
        }
    }

    static final class SharesRequestsAmongNamespaces extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                Namespace scope(Namespace ofRequest) {
                    return Namespace.DEFAULT;
                }
            };
        }
    }

    static final class KeysAreNotUnique extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean holdsKey(Run run, Instant now) {
                    return false;
                }
            };
        }
    }

    static final class KeysAreFreedWithTheEnd extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean holdsKey(Run run, Instant now) {
                    return !run.isFinished();
                }
            };
        }
    }

    static final class RemovesWhatSomebodyIsToldOf extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean tellsOfTheEnd(Message message) {
                    return false;
                }
            };
        }
    }

    static final class DebouncesNothing extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                @Nullable
                String debounces(Run run) {
                    return null;
                }
            };
        }
    }

    static final class KeysAreNeverFreed extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean holdsKey(Run run, Instant now) {
                    Instant end = run.times().finished();
                    return end == null || now.isBefore(end.plus(Defaults.KEY_RETENTION));
                }
            };
        }
    }

    static final class SharesKeysAmongNamespaces extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                BusinessKey key(Run run, String key) {
                    return new BusinessKey("", run.origin().task(), key);
                }
            };
        }
    }

    static final class ShowsOtherNamespaces extends OfLedger {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean shows(Run run, Namespace namespace) {
                    return true;
                }
            };
        }
    }

    /** Acknowledges before it is durable: a crash takes the newest away. */
    static final class LosesTheNewest extends OfLedger {
        private boolean booted;

        @Override
        protected TestStore open(Clock clock, Ids ids) {
            if (booted && !disk.runs.isEmpty()) disk.put(disk.runs.lastKey(), null);
            booted = true;
            return super.open(clock, ids);
        }
    }

    static final class IsTheSameNodeAgain extends OfLedger {
        private @Nullable Holder first;

        @Override
        protected TestStore open(Clock clock, Ids ids) {
            TestStore store = super.open(clock, ids);
            Holder node = first == null ? store.node() : first;
            first = node;
            return new Wrapped(store, store.ledger(), node);
        }
    }

    /** What it has given once it gives again. */
    static final class ClaimsTwice extends OfLedger {
        @Override
        protected TestStore open(Clock clock, Ids ids) {
            TestStore store = super.open(clock, ids);
            var given = new ArrayList<Claimed>();
            return new Wrapped(
                    store,
                    claiming(store.ledger(), claim -> {
                        if (given.isEmpty()) given.addAll(store.ledger().claim(claim));
                        return given;
                    }),
                    store.node());
        }
    }

    static final class ClaimsTheNewestFirst extends OfLedger {
        @Override
        protected TestStore open(Clock clock, Ids ids) {
            TestStore store = super.open(clock, ids);
            return new Wrapped(
                    store,
                    claiming(
                            store.ledger(), claim -> store.ledger().claim(claim).reversed()),
                    store.node());
        }
    }

    static final class ClaimsMoreThanWished extends OfLedger {
        @Override
        protected TestStore open(Clock clock, Ids ids) {
            TestStore store = super.open(clock, ids);
            return new Wrapped(
                    store,
                    claiming(
                            store.ledger(),
                            claim -> store.ledger()
                                    .claim(new Claim(claim.holder(), claim.admission(), claim.max() + 1))),
                    store.node());
        }
    }

    private interface Claiming {
        List<Claimed> claim(Claim claim);
    }

    /** The ledger, except for its claims. */
    private static Ledger claiming(Ledger ledger, Claiming claiming) {
        return (Ledger) Proxy.newProxyInstance(
                Mutants.class.getClassLoader(), new Class<?>[] {Ledger.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("claim")) {
                        return claiming.claim(
                                arguments[0] instanceof Claim claim
                                        ? claim
                                        : (Claim) ((Supplier<?>) arguments[0]).get());
                    }
                    return method.invoke(ledger, arguments);
                });
    }

    private record Wrapped(TestStore store, Ledger ledger, Holder node) implements TestStore {
        @Override
        public StreamLog stream() {
            return store.stream();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** A wrong log whose entries fence. */
    abstract static class OfOpening extends OpeningFencedContract {
        private final MemoryDisk disk = new MemoryDisk(StreamLog.Fencing.BY_OPENING);

        abstract Guards guards();

        @Override
        protected TestStore open(Clock clock, Ids ids) {
            return MemoryStore.open(disk, clock, ids, guards());
        }
    }

    static final class StreamThatNeverOpens extends OfOpening {
        @Override
        Guards guards() {
            return new Guards() {
                @Override
                boolean isOpened(long newest, Fence.By by) {
                    return false;
                }
            };
        }
    }

    static final class StreamWithoutFence extends OfStream {
        @Override
        Guards guards() {
            return new AnyHolder();
        }
    }

    static final class StreamWithoutEpoch extends OfStream {
        @Override
        Guards guards() {
            return new AnyEpoch();
        }
    }

    static final class StreamWithoutIncarnation extends OfStream {
        @Override
        Guards guards() {
            return new AnyIncarnation();
        }
    }
}
