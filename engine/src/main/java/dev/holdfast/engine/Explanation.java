package dev.holdfast.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a run does not progress right now.
 *
 * <p>The codes of a run that is QUEUED are the obstacles of dispatch, the first of which is told: {@code not_due},
 * {@code overdue}, {@code queue_paused}, {@code lane_paused}, {@code no_code}, {@code mismatch}, {@code lane_full},
 * {@code not_first}, {@code queue_full}, {@code closing}, {@code not_alone}, {@code suspect_alone}, {@code no_slot}; or
 * {@code claimable}, if nothing stands against it, {@code elsewhere}, if only other nodes can run it and nothing that is
 * known here stands against that. Of one that is BLOCKED, what it waits for, if it is for several things
 * the first of them: {@code sleeps}, {@code awaits_signal}, {@code awaits_token}, {@code awaits_child},
 * {@code awaits_next_try}; or {@code blocked}, if that has come and the run is about to go on. Otherwise
 * {@code starting}, {@code running}, {@code stopping}, {@code finished}; and {@code closing} of a run that its code has
 * left in a node that closes.
 *
 * @param code which kind of reason, for programs
 * @param sentence for people: the reason, and the next thing that will happen
 * @param next when that will happen which time alone will bring, if nothing comes before; null if time changes nothing.
 *     The sentence says what that is. Code that executes may do something at any time
 */
public record Explanation(
        String code, String sentence, @Nullable Instant next) {}
