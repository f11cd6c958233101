package dev.holdfast.testkit.world;

import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Ledger;
import dev.holdfast.engine.port.Taker;
import dev.holdfast.engine.port.Write;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of a node that asks whoever takes runs, where runs are written that can be claimed, as the one on PostgreSQL does.
 * One that is shared does not take a claim back whose answer is lost.
 */
final class AskingLedger {
    private final Ledger ledger;
    private final Chaos chaos;
    private final boolean isShared;
    private Taker taker = Optional::empty;

    AskingLedger(Ledger ledger, World world, Chaos chaos) {
        this.ledger = ledger;
        this.chaos = chaos;
        this.isShared = world.isCluster();
    }

    /** As the engine has it. */
    Ledger port() {
        return (Ledger) Proxy.newProxyInstance(
                Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("asksTakers")) return true;
                    if (method.getName().equals("takes") && arguments[0] instanceof Taker who) {
                        taker = who;
                        return null;
                    }
                    try {
                        return method.invoke(ledger, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    /**
     * This was written a moment ago: it asks if any of it can be claimed.
     *
     * @param changes one, or several
     * @param told what was given, at that moment
     */
    void written(@Nullable Object changes, Consumer<List<Claimed>> told) {
        if (offers(changes)) taker.ask().ifPresent(asking -> give(asking, told));
    }

    private void give(Taker.Asking asking, Consumer<List<Claimed>> told) {
        List<Claimed> given;
        try {
            given = ledger.claim(asking::wish);
        } catch (Unavailable e) {
            asking.failed();
            return;
        }
        told.accept(given);
        if (isShared && chaos.losesTheClaim()) asking.failed();
        else asking.given(given);
    }

    private static boolean offers(@Nullable Object changes) {
        if (changes instanceof Change one) return one.writes().stream().anyMatch(AskingLedger::offers);
        return changes instanceof List<?> several && several.stream().anyMatch(AskingLedger::offers);
    }

    private static boolean offers(Write write) {
        return switch (write) {
            case Write.Row row -> row.run().state() == RunState.QUEUED;
            case Write.Begin child -> offers(child.start());
            default -> false;
        };
    }
}
