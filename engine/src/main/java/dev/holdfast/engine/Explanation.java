package dev.holdfast.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a run does not progress right now.
 *
 * @param code which kind of reason, for programs: the obstacle's name in lower case with underscores, or
 *     {@code claimable}, {@code running}, {@code stopping}, {@code finished}
 * @param sentence for people: the reason, and the next thing that will happen
 * @param next when that will be; null if nobody can know
 */
public record Explanation(
        String code, String sentence, @Nullable Instant next) {}
