package dev.holdfast.sdk;

import dev.holdfast.core.StepKey;

/**
 * A wish for a child.
 *
 * @param key of the step that will wait for it
 * @param step the name of that step
 * @param task its name
 * @param input JSON
 * @param start how
 */
public record ChildStart(StepKey key, String step, String task, String input, Start start) {}
