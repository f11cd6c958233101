package dev.holdfast.engine.port;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.Admission;

/**
 * A wish for work.
 *
 * @param holder who will hold the runs
 * @param admission what it can take now; a run with an {@link dev.holdfast.engine.Obstacle} is not given, and a suspect
 *     only if it is the first, and then alone
 * @param max how many at most
 */
public record Claim(Holder holder, Admission admission, int max) {}
