package dev.holdfast.engine.port;

import dev.holdfast.core.RunId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at the whole ledger found for one node, in one round trip.
 *
 * @param deadlines runs of this node, or of nobody, whose deadline has come
 * @param inboxes runs of this node, or of nobody, with messages that were not applied
 * @param promoted how many delayed runs became claimable
 * @param opened whether something can be claimed in a queue whose rate allows it
 * @param lingers whether code of some run that has ended may still execute: {@link Ledger#lingering} tells whose
 * @param firing when the first of all schedules fires, whoever hosts its task; null if none does
 * @param next when something is due that is not yet, or a queue whose rate is used up opens; null for nothing
 */
public record Tick(
        List<RunId> deadlines,
        List<RunId> inboxes,
        int promoted,
        boolean opened,
        boolean lingers,
        @Nullable Instant firing,
        @Nullable Instant next) {}
