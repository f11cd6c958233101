package dev.holdfast.testkit.sim;

import java.util.function.BooleanSupplier;

/**
 * What a thread waits for.
 *
 * @param what it called
 * @param over whether it has come
 * @param until when it ends at the latest, by the clock of the turns
 * @param interruptible whether an interrupt ends it
 */
record Wait(String what, BooleanSupplier over, long until, boolean interruptible) {}
